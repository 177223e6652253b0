package access_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/go-pme/pme/access"
	"github.com/go-pme/pme/identity"
)

// neverMatch are entries that no identity provider sends, and what the error says of them.
var neverMatch = []struct{ kind, entry, want string }{
	{"users", "alice\u200b", "U+200B"},
	{"users", "alice\u200e", "U+200E"},
	{"users", "al\u00adice", "U+00AD"},
	{"users", "\ufeffalice", "U+FEFF"},
	{"users", "alice ", "space around it"},
	{"users", " alice", "space around it"},
	{"users", "alice\u3000", "space around it"},
	{"users", "alice\u00a0", "space around it"},
	{"users", "alice\u00a0smith", "looks like a space"},
	{"users", "Zoe\u0308", `write "Zo\u00eb"`},
	{"groups", "facilities\u00a0", "space around it"},
	{"groups", "data\u202fcentre", "looks like a space"},
	{"groups", "data\u2009centre", "looks like a space"},
	{"groups", "facilities\t", "U+0009"},
	{"groups", "Lo\u0308schgruppe", `write "L\u00f6schgruppe"`},
	{"groups", "\u1100\u1161", `write "\uac00"`},
	{"emails", "alice@example.com\u200b", "U+200B"},
	{"emails", "alice@example.com\u200e", "U+200E"},
	{"emails", "\ufeffalice@example.com", "U+FEFF"},
	{"emails", "alice@example.com ", "not an address"},
	{"emails", "alice@example.com\u00a0", "not an address"},
	{"emails", "mailto:alice@example.com", "without mailto"},
	{"emails", "MailTo:alice@example.com", "without mailto"},
	{"emails", "<alice@example.com>", "not an address"},
	{"emails", "Alice<alice@example.com>", "not an address"},
	{"emails", "alice@example.com;", "not an address"},
	{"emails", "alice@example.com,bob@example.com", "not an address"},
	{"emails", "alice@example.com,", "not an address"},
	{"emails", "mu\u0308ller@example.com", `write "m\u00fcller@example.com"`},
	{"domains", "example.com\u00ad", "U+00AD"},
	{"domains", "example.com\u00a0", "not a domain"},
	{"domains", "https://example.com", "not a domain"},
	{"domains", "example.com/", "not a domain"},
	{"domains", "mailto:example.com", "not a domain"},
	{"domains", "bu\u0308cher.example", `write "b\u00fccher.example"`},
}

func TestEntriesThatCanNeverMatchAreReportedWithTheirLine(t *testing.T) {
	for _, test := range neverMatch {
		text := fmt.Sprintf("rules:\n  - users: [bob]\n    models: ['*']\n  - %s:\n    - %+q\n    models: ['*']\n", test.kind, test.entry)
		list, err := access.ParseYAML("allow.yaml", []byte(text))
		if list != nil || err == nil || !strings.HasPrefix(err.Error(), "allow.yaml:5: ") || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s %+q in a file: %v; want %q", test.kind, test.entry, err, test.want)
		}
		r := access.Rule{Models: []string{"*"}}
		*map[string]*[]string{"users": &r.Users, "groups": &r.Groups, "emails": &r.Emails, "domains": &r.Domains}[test.kind] = []string{test.entry}
		_, err = access.List{{Users: []string{"bob"}, Models: []string{"*"}}, r}.Policy()
		if err == nil || !strings.HasPrefix(err.Error(), "access: rule 2: ") || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s %+q in code: %v; want %q", test.kind, test.entry, err, test.want)
		}
	}
}

func TestEntriesInAllScriptsAreAccepted(t *testing.T) {
	compile(t, access.List{{
		Users:   []string{"mailto:alice", "Zo\u00eb", "\u5c71\u7530\u3000\u592a\u90ce", "\u1ecd\u0301", "id|1=2", "\uac00"},
		Emails:  []string{"m\u00fcller@b\u00fccher.example", "a+b@example.com", "o'neil@my_host.example", `"a:b"@example.com`, "a@[192.0.2.1]", "a@[IPv6:::1]"},
		Domains: []string{"b\u00fccher.example", "xn--bcher-kva.example", "\u4f8b\u3048.\u30c6\u30b9\u30c8", "localhost"},
		Groups:  []string{"Data Centre", "\U0001f469\u200d\U0001f4bb Developers", "CN=a,OU=b"},
		Models:  []string{"*"},
	}})
}

func TestBothSpellingsOfADomainMeet(t *testing.T) {
	const ascii, unicode = "xn--bcher-kva.example", "b\u00fccher.example"
	for _, entry := range []string{ascii, unicode, strings.ToUpper(ascii)} {
		table := compile(t, access.List{
			{Domains: []string{entry}, Models: []string{office}},
			{Emails: []string{"Alice@" + entry}, Models: []string{warehouse}},
		})
		for _, domain := range []string{ascii, unicode, "XN--Bcher-KVA.example"} {
			alice := &identity.User{ID: "x", Email: "alice@" + domain, EmailVerified: true}
			mallory := &identity.User{ID: "x", Email: "mallory@" + domain, EmailVerified: true}
			for _, want := range []struct {
				user    *identity.User
				model   string
				allowed bool
			}{{alice, office, true}, {alice, warehouse, true}, {mallory, office, true}, {mallory, warehouse, false}} {
				if got, err := table.Allowed(t.Context(), want.user, want.model); got != want.allowed || err != nil {
					t.Errorf("%s by %s: %v, %v", want.user.Email, entry, got, err)
				}
				if e := explain(t, table, want.user, want.model); e.Allowed != want.allowed || (e.Reason == "rule") != want.allowed {
					t.Errorf("%s by %s: %+v", want.user.Email, entry, e)
				}
			}
		}
		for _, other := range []string{"bucher.example", "xn--bcher-kvb.example", "xn--bcher-kva.example.com", "a.b\u00fccher.example", "B\u00dcCHER.example"} {
			u := &identity.User{ID: "x", Email: "alice@" + other, EmailVerified: true}
			if got, err := table.Allowed(t.Context(), u, office); got || err != nil {
				t.Errorf("%s by %s: %v, %v", u.Email, entry, got, err)
			}
		}
	}
}

func TestPastedShowcaseURLIsAnswered(t *testing.T) {
	const pasted = "https://my.matterport.com/show/?m=SxQL3iGyoDo&play=1"
	const want = "is not a model ID: 11 letters and digits; did you mean SxQL3iGyoDo?"
	_, inFile := access.ParseYAML("allow.yaml", []byte("rules:\n  - users: [alice]\n    models:\n      - "+pasted+"\n"))
	_, inCode := access.List{{Users: []string{"alice"}, Models: []string{pasted}}}.Policy()
	for what, err := range map[string]error{"allow.yaml:4: ": inFile, "access: rule 1: ": inCode} {
		if err == nil || !strings.HasPrefix(err.Error(), what) || !strings.HasSuffix(err.Error(), want) {
			t.Errorf("%v; want %q", err, want)
		}
	}
	e := explain(t, compile(t, nil), &identity.User{ID: "alice"}, pasted)
	if e.Reason != "invalid_model" || !strings.HasSuffix(e.Text, want) {
		t.Errorf("%+v", e)
	}
}
