package revocations_test

import (
	"reflect"
	"testing"

	"github.com/go-pme/pme/internal/revocations"
)

type counter = revocations.Counter

// issuer embeds a Counter as the real one does.
type issuer struct{ counter }

func TestNumberChangesWithRevocationsOfTheUser(t *testing.T) {
	iss := new(issuer)
	alice, bob := revocations.Of(iss, "alice"), revocations.Of(iss, "bob")
	revocations.Add(&iss.counter, "alice")
	if revocations.Of(iss, "alice") == alice {
		t.Error("alice's number stays when her tokens are revoked")
	}
	if revocations.Of(iss, "bob") != bob {
		t.Error("bob's number changes with alice's tokens")
	}
	revocations.Add(&iss.counter, "")
	if revocations.Of(iss, "bob") == bob {
		t.Error("bob's number stays when the tokens of all users are revoked")
	}
}

func TestEmbeddingExportsNothing(t *testing.T) {
	if n := reflect.TypeFor[*issuer]().NumMethod(); n != 0 {
		t.Errorf("%d exported methods, want none", n)
	}
	if reflect.TypeFor[issuer]().Field(0).IsExported() {
		t.Error("the embedded field is exported")
	}
}
