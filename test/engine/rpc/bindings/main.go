// The wire protocol from a client that shares no code with libvirt's.
package main

import (
	"context"
	"encoding/json"
	"io"
	"os"

	libvirt "github.com/digitalocean/go-libvirt"
	"github.com/digitalocean/go-libvirt/socket/dialers"
)

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func main() {
	client := libvirt.NewWithDialer(dialers.NewLocal(dialers.WithSocket(os.Args[1])))
	must(client.ConnectToURI(libvirt.QEMUSession))
	events, err := client.LifecycleEvents(context.Background())
	must(err)
	xml, err := io.ReadAll(os.Stdin)
	must(err)
	domain, err := client.DomainDefineXML(string(xml))
	must(err)
	must(client.DomainCreate(domain))
	state, memory, _, _, _, err := client.DomainGetInfo(domain)
	must(err)
	domains, _, err := client.ConnectListAllDomains(1, 0)
	must(err)
	names := []string{}
	for _, each := range domains {
		names = append(names, each.Name)
	}
	must(client.DomainDestroy(domain))
	must(client.DomainUndefine(domain))
	told := [][2]int32{}
	for event := range events {
		told = append(told, [2]int32{event.Event, event.Detail})
		if event.Event == int32(libvirt.DomainEventUndefined) {
			break
		}
	}
	answer := map[string]interface{}{"state": state, "memory": memory, "names": names, "told": told}
	must(json.NewEncoder(os.Stdout).Encode(answer))
	must(client.Disconnect())
}
