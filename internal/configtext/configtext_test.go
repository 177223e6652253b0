package configtext_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/go-pme/pme/internal/configtext"
)

func TestProblemsNameTheFieldAndHideSecrets(t *testing.T) {
	c := configtext.Check{Room: "room"}
	c.Text("ClientID", "id")
	c.Texts("Scopes", []string{"a", "b"})
	if len(c.Problems) != 0 {
		t.Fatal(c.Problems)
	}
	c.Text("ClientID", "id\n")
	c.Secret("Secret", "hush\r\n")
	c.Address("LoginURL", "https://u:hush@a.example/\ufeff")
	c.Address("Issuer", "https://a.example/ ")
	c.Texts("Scopes", []string{"a", "b\u00a0"})
	c.Map("Params", map[string]string{"a": "hush ", " b": ""})
	text := errors.Join(c.Problems...).Error()
	for _, want := range []string{
		`room: ClientID is "id\n", which has a line break (U+000A) at its end`, "room: Secret has a line break (U+000D)",
		"room: LoginURL is an address with a user", `room: Issuer is "https://a.example/ ", which has a space`,
		`room: Scopes[1] is "b\u00a0", which has a space (U+00A0)`, `room: Params["a"] has a space`, `room: a name of Params is " b", which`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in:\n%s", want, text)
		}
	}
	if strings.Contains(text, "hush") {
		t.Errorf("a secret is in:\n%s", text)
	}
}
