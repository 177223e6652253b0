package access_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/go-pme/pme/access"
	"github.com/go-pme/pme/identity"
)

// addresses are tried against rules for the domain company.com and for boss@company.com.
var addresses = []struct {
	email        string
	domain, boss bool
}{
	{"alice@company.com", true, false},
	{"Alice@COMPANY.com", true, false},
	{"boss@company.com", true, true},
	{"BOSS@company.COM", true, true},
	{"alice%evil.com@company.com", true, false}, // odd, but the domain is the company's

	{"a@evil.com@company.com", false, false},
	{"a@company.com@evil.com", false, false},
	{`"a@evil.com"@company.com`, false, false},
	{"boss@company.com@company.com", false, false},
	{"boss@company.com,a@evil.com", false, false},
	{"a@evil.com,boss@company.com", false, false},
	{"a@evil.com boss@company.com", false, false},
	{"a@evil.com\nboss@company.com", false, false},
	{"a@evil.com\x00@company.com", false, false},
	{"boss@company.com\x00", false, false},
	{" boss@company.com", false, false},
	{"boss@company.com ", false, false},
	{"Boss <boss@company.com>", false, false},
	{"<boss@company.com>", false, false},
	{"@company.com", false, false},
	{"@evil.com:boss@company.com", false, false},
	{"company.com", false, false},
	{"@", false, false},
	{"", false, false},

	{"alice@evilcompany.com", false, false},
	{"alice@company.com.evil.com", false, false},
	{"alice@company.community", false, false},
	{"alice@sub.company.com", false, false},
	{"alice@.company.com", false, false},
	{"alice@company.com.", false, false},
	{"alice@company", false, false},
	{"alice@company.com:25", false, false},
	{"alice@[company.com]", false, false},
	{"alice@company.com/evil.com", false, false},
	{"alice@company.com#evil.com", false, false},
	{"alice@evil.com#company.com", false, false},
	{"alice@company%2ecom", false, false},
	{"alice@c\u043empany.com", false, false},    // Cyrillic
	{"alice@\uff43ompany.com", false, false},    // full width
	{"alice@company\u3002com", false, false},    // ideographic full stop
	{"alice@company.com\u200b", false, false},   // zero width
	{"alice@\u202emoc.ynapmoc", false, false},   // right to left
	{"alice@compan\u00ff.com", false, false},    // one bit away
	{"alice@xn--cmpany-xye.com", false, false},  // as it is sent
	{"bo\u017f\u017f@company.com", true, false}, // long s, which Unicode folds to s
	{"\uff42oss@company.com", true, false},      // full width
	{"boss+x@company.com", true, false},         // another mailbox for us
	{"b.o.s.s@company.com", true, false},        // as well
	{"boss@company.com\u0301", false, false},    // combining
	{"alice@\u212aompany.com", false, false},    // Kelvin sign
	{"alice@" + strings.Repeat("a", 300) + ".company.com", false, false},
}

// oauth2-proxy took an address with a second @ for one of the last domain (CVE-2026-40574, GHSA-c5c4-8r6x-56w3),
// Coder took a domain for one that it begins or ends with (CVE-2024-27918). Caddy compared hosts exactly in short
// lists and in another way in long ones (CVE-2026-27588, GHSA-x76f-jf84-rqj8), Authelia matched a rule in another
// case only (CVE-2026-48794): so both lists here decide alike.
func TestAddressIsInItsOwnDomainOnly(t *testing.T) {
	for _, length := range []int{0, 300} {
		byDomain, byAddress := access.List{{Domains: []string{"company.com"}, Models: []string{office}}}, access.List{{Emails: []string{"boss@company.com"}, Models: []string{office}}}
		for i := range length {
			byDomain = append(byDomain, access.Rule{Domains: []string{fmt.Sprintf("other-%d.com", i)}, Models: []string{office}})
			byAddress = append(byAddress, access.Rule{Emails: []string{fmt.Sprintf("boss@other-%d.com", i)}, Models: []string{office}})
		}
		for _, tt := range addresses {
			u := &identity.User{ID: "alice", Email: tt.email, EmailVerified: true}
			wantAllowed(t, byDomain, u, tt.domain)
			wantAllowed(t, byAddress, u, tt.boss)
			u.EmailVerified = false // Coder took it for verified unless it was said not to be: GHSA-75vm-6w67-gwvp, GHSA-9r87-mvcw-x35f
			wantAllowed(t, byDomain, u, false)
			wantAllowed(t, byAddress, u, false)
		}
	}
}

func wantAllowed(t *testing.T, list access.List, u *identity.User, want bool) {
	t.Helper()
	policy, err := list.Policy()
	if err != nil {
		t.Fatal(err)
	}
	if got, err := policy.Allowed(t.Context(), u, office); err != nil || got != want {
		t.Errorf("%d rules, %q, verified %v: allowed %v, %v; want %v", len(list), u.Email, u.EmailVerified, got, err, want)
	}
}

// A name that is a part of another, or is in another case, or is several: oauth2-proxy matched empty groups
// (its pull request 3365).
func TestNameOfAGroupOrUserIsComparedWhole(t *testing.T) {
	list := access.List{{Groups: []string{"admins"}, Users: []string{"https://id.example.com#alice"}, Models: []string{office}}}
	for _, name := range []string{
		"", " ", "*", "admin", "adminsx", "Admins", "ADMINS", "admins ", " admins", "admins\x00", "admins,staff", "staff,admins", "staff admins", "/admins",
		"realm/admins", "admins;", "[\"admins\"]", "\uff41dmins", "admin\u017f", "%61dmins", "admins\n", ".*", "admins|staff",
	} {
		wantAllowed(t, list, &identity.User{ID: "mallory", Groups: []string{name}}, false)
		wantAllowed(t, list, &identity.User{ID: "mallory", Groups: []string{"staff", name}}, false)
	}
	for _, id := range []string{
		"alice", "https://id.example.com", "https://id.example.com#Alice", "https://ID.example.com#alice", "http://id.example.com#alice",
		"https://id.example.com/#alice", "https://id.example.com#alice#alice", "https://id.example.com%23alice", "https://id.example.com#alice\x00", "admins",
	} {
		wantAllowed(t, list, &identity.User{ID: id}, false)
	}
	wantAllowed(t, list, &identity.User{ID: "bob", Groups: []string{"staff", "admins"}}, true)
	wantAllowed(t, list, &identity.User{ID: "https://id.example.com#alice"}, true)
}

// Nothing is a model but the 11 letters and digits of its ID, however a request spells it.
func TestModelIsComparedWhole(t *testing.T) {
	alice := &identity.User{ID: "alice"}
	for name, list := range map[string]access.List{
		"one model":  {{Users: []string{"alice"}, Models: []string{office}}},
		"all models": {{Users: []string{"alice"}, Models: []string{"*"}}},
	} {
		policy, err := list.Policy()
		if err != nil {
			t.Fatal(err)
		}
		for _, model := range []string{
			"", "*", office + " ", " " + office, office + "\x00", office + "/", office + "#" + showroom, office + "," + showroom, office[:10], office + "x",
			"../" + office, "%53" + office[1:], "\uff33" + office[1:], office + "?", office + office,
		} {
			if got, err := policy.Allowed(t.Context(), alice, model); got || err != nil {
				t.Errorf("%s: %q is allowed: %v, %v", name, model, got, err)
			}
		}
		if got, err := policy.Allowed(t.Context(), alice, strings.ToLower(office)); got != (name == "all models") || err != nil {
			t.Errorf("%s: in lower case: %v, %v", name, got, err)
		}
	}
}
