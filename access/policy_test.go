package access_test

import (
	"testing"

	"go.uber.org/goleak"

	"github.com/go-pme/pme/access"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	_ access.Policy = (*access.Table)(nil)
	_ access.Policy = (*access.File)(nil)
	_ access.Policy = access.Func(nil)
	_ access.Source = access.List(nil)
	_ access.Source = (*access.File)(nil)
	_ access.Source = access.Func(nil)

	_ access.Watcher = (*access.File)(nil)
)

// compile compiles a list that is expected to be valid.
func compile(t testing.TB, list access.List) *access.Table {
	t.Helper()
	table, err := access.Compile(list)
	if err != nil {
		t.Fatal(err)
	}
	return table
}
