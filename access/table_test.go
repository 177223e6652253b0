package access_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-pme/pme/access"
	"github.com/go-pme/pme/identity"
)

func TestWhoMatchesARule(t *testing.T) {
	table := compile(t, access.List{{
		Users:   []string{"alice", "Zoë", "bob the builder"},
		Emails:  []string{"Carol@Example.com", "kim@kelvin.example"},
		Domains: []string{"Partner.example"},
		Groups:  []string{"facilities", "Data Centre"},
		Models:  []string{office},
	}})
	verified := func(address string) *identity.User {
		return &identity.User{ID: "x", Email: address, EmailVerified: true}
	}
	for name, test := range map[string]struct {
		user *identity.User
		want bool
	}{
		"nil":                          {nil, false},
		"no ID":                        {&identity.User{Email: "carol@example.com", EmailVerified: true, Groups: []string{"facilities"}}, false},
		"nothing known":                {&identity.User{ID: "x"}, false},
		"ID":                           {&identity.User{ID: "alice"}, true},
		"ID in other case":             {&identity.User{ID: "Alice"}, false},
		"ID with a space":              {&identity.User{ID: "alice "}, false},
		"ID listed with spaces":        {&identity.User{ID: "bob the builder"}, true},
		"ID with other spaces":         {&identity.User{ID: " bob  the builder"}, false},
		"composed ID":                  {&identity.User{ID: "Zoë"}, true},
		"decomposed ID":                {&identity.User{ID: "Zoe\u0308"}, false},
		"name is no ID":                {&identity.User{ID: "x", Name: "alice", Session: "alice"}, false},
		"ID is no group":               {&identity.User{ID: "facilities"}, false},
		"ID is no verified address":    {&identity.User{ID: "carol@example.com"}, false},
		"group":                        {&identity.User{ID: "x", Groups: []string{"y", "facilities"}}, true},
		"group with a space":           {&identity.User{ID: "x", Groups: []string{"Data Centre"}}, true},
		"group in other case":          {&identity.User{ID: "x", Groups: []string{"Facilities"}}, false},
		"group is no user":             {&identity.User{ID: "x", Groups: []string{"alice"}}, false},
		"empty group":                  {&identity.User{ID: "x", Groups: []string{""}}, false},
		"address":                      {verified("carol@example.com"), true},
		"address in other case":        {verified("CAROL@EXAMPLE.COM"), true},
		"address not verified":         {&identity.User{ID: "x", Email: "carol@example.com"}, false},
		"domain not verified":          {&identity.User{ID: "x", Email: "dave@partner.example"}, false},
		"Kelvin sign is no k":          {verified("\u212aim@kelvin.example"), false},
		"domain":                       {verified("dave@partner.example"), true},
		"domain in other case":         {verified("dave@PARTNER.Example"), true},
		"subdomain":                    {verified("dave@mail.partner.example"), false},
		"parent domain":                {verified("dave@example"), false},
		"suffix of the domain's name":  {verified("dave@notpartner.example"), false},
		"domain with a dot at the end": {verified("dave@partner.example."), false},
		"empty address":                {verified(""), false},
		"no @":                         {verified("partner.example"), false},
		"two @":                        {verified("a@evil.example@partner.example"), false},
		"two @, quoted":                {verified(`"a@evil.example"@partner.example`), false},
		"nothing before the @":         {verified("@partner.example"), false},
		"nothing after the @":          {verified("dave@"), false},
		"space":                        {verified("dave smith@partner.example"), false},
		"space before":                 {verified(" carol@example.com"), false},
		"space after":                  {verified("carol@example.com "), false},
		"display name":                 {verified("Dave <dave@partner.example>"), false},
		"no-break space":               {verified("dave\u00a0smith@partner.example"), false},
		"line break":                   {verified("dave\r\n@partner.example"), false},
		"NUL":                          {verified("dave\x00@partner.example"), false},
		"DEL":                          {verified("dave\x7f@partner.example"), false},
		"C1 control":                   {verified("dave\u0085@partner.example"), false},
		"broken UTF-8":                 {verified("dave\xff@partner.example"), false},
		"longest address":              {verified(strings.Repeat("d", 254-len("@partner.example")) + "@partner.example"), true},
		"address that is too long":     {verified(strings.Repeat("d", 255-len("@partner.example")) + "@partner.example"), false},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := table.Allowed(t.Context(), test.user, office)
			if got != test.want || err != nil {
				t.Errorf("Allowed = %v, %v; want %v", got, err, test.want)
			}
			want := access.Grants{}
			if test.want {
				want.Models = []access.Model{{ID: office}}
			}
			grants, err := table.Grants(t.Context(), test.user)
			if diff := cmp.Diff(want, grants); diff != "" || err != nil {
				t.Errorf("Grants (-want +got), %v:\n%s", err, diff)
			}
		})
	}
}

func TestOnlyModelIDsAreEverAllowed(t *testing.T) {
	table := compile(t, access.List{{Users: []string{"alice"}, Models: []string{"*"}}})
	everything := access.Func(allowAll)
	alice := &identity.User{ID: "alice"}
	for model, want := range map[string]bool{
		office:                      true,
		"00000000000":               true,
		"":                          false,
		"*":                         false,
		"***********":               false,
		"SxQL3iGyoD":                false,
		"SxQL3iGyoDo2":              false,
		"SxQL3iGyoD ":               false,
		"SxQL3iGyoD\n":              false,
		"SxQL3iGyoD_":               false,
		"SxQL3iGyoD/":               false,
		"SxQL3iGyoD:":               false,
		"SxQL3iGyoD@":               false,
		"SxQL3iGyoD[":               false,
		"SxQL3iGyoD`":               false,
		"SxQL3iGyoD{":               false,
		"SxQL3iGyo\u00f6":           false, // 11 bytes
		"SxQL3iGyoD\u00f6":          false, // 11 letters
		"SxQL3iGyoDoSxQL3iGyoDo123": false, // as long as the ID of a view
	} {
		for name, policy := range map[string]access.Policy{"Table": table, "Func": everything} {
			if got, err := policy.Allowed(t.Context(), alice, model); got != want || err != nil {
				t.Errorf("%s: Allowed(%q) = %v, %v; want %v", name, model, got, err, want)
			}
		}
	}
}

func TestGrantsListsEachModelOnceInTheOrderOfTheRulesThatMatch(t *testing.T) {
	table := compile(t, access.List{
		{Users: []string{"bob"}, Models: []string{office, warehouse, showroom}, Names: map[string]string{office: "Head office"}},
		{Users: []string{"alice"}, Models: []string{showroom, office}},
		{Domains: []string{"example.com"}, Models: []string{warehouse, "*", showroom}},
		{Groups: []string{"facilities"}, Models: []string{"*"}},
	})
	head, store, show := access.Model{ID: office, Name: "Head office"}, access.Model{ID: warehouse}, access.Model{ID: showroom}
	for name, test := range map[string]struct {
		user identity.User
		want access.Grants
	}{
		"one rule":              {identity.User{ID: "alice"}, access.Grants{Models: []access.Model{show, head}}},
		"two rules, one with *": {identity.User{ID: "alice", Email: "alice@example.com", EmailVerified: true}, access.Grants{Models: []access.Model{show, head, store}, Open: true}},
		"only *":                {identity.User{ID: "carol", Groups: []string{"facilities", "facilities"}}, access.Grants{Open: true}},
		"no rule":               {identity.User{ID: "carol"}, access.Grants{}},
		"nobody":                {identity.User{Groups: []string{"facilities"}}, access.Grants{}},
	} {
		got, err := table.Grants(t.Context(), &test.user)
		if diff := cmp.Diff(test.want, got); diff != "" || err != nil {
			t.Errorf("%s: Grants (-want +got), %v:\n%s", name, err, diff)
		}
	}
}

func TestZeroTableAllowsNothing(t *testing.T) {
	policy := compile(t, access.List{})
	alice := &identity.User{ID: "alice", Email: "a@example.com", EmailVerified: true, Groups: []string{"a"}}
	if ok, err := policy.Allowed(t.Context(), alice, office); ok || err != nil {
		t.Errorf("Allowed = %v, %v; want false", ok, err)
	}
	if g, err := policy.Grants(t.Context(), alice); !cmp.Equal(g, access.Grants{}) || err != nil {
		t.Errorf("Grants = %v, %v; want none", g, err)
	}
}

func TestAllowedDoesNotAllocate(t *testing.T) {
	table := compile(t, benchList())
	u, model := benchUser(true), benchModel(9999)
	if n := testing.AllocsPerRun(100, func() { _, _ = table.Allowed(t.Context(), u, model) }); n != 0 {
		t.Errorf("Allowed allocates %v times; want 0", n)
	}
}
