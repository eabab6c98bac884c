<?php
$connection = libvirt_connect(getenv('LIBVIRT_DEFAULT_URI'), false);
$domain = libvirt_domain_define_xml($connection, stream_get_contents(STDIN));
libvirt_domain_create($domain);
$info = libvirt_domain_get_info($domain);
$names = libvirt_list_domains($connection);
echo json_encode(['state' => $info['state'], 'memory' => $info['maxMem'], 'names' => $names]), "\n";
libvirt_domain_destroy($domain);
libvirt_domain_undefine($domain);
