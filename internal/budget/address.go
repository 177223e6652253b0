package budget

import "net/netip"

// Address is the user that an address of a client stands for: the address itself, and of IPv6 the network of 64 bits, all of which
// one client has (RFC 4291 §2.5.4, RFC 6177). A port and a zone are left out. What is no address stands for itself.
func Address(client string) string {
	a, err := netip.ParseAddr(client)
	if err != nil {
		with, err := netip.ParseAddrPort(client)
		if err != nil {
			return client
		}
		a = with.Addr()
	}
	a = a.WithZone("").Unmap()
	if a.Is4() {
		return a.String()
	}
	return netip.PrefixFrom(a, 64).Masked().String()
}
