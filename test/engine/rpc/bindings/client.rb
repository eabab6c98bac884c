require 'json'
require 'libvirt'
connection = Libvirt.open(ENV['LIBVIRT_DEFAULT_URI'])
domain = connection.define_domain_xml($stdin.read)
domain.create
info = domain.info
$stdout.puts JSON.generate(state: info.state, memory: info.max_mem, names: connection.list_all_domains.map(&:name))
domain.destroy
domain.undefine
