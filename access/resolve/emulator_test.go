package resolve_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/go-pme/pme/access"
	"github.com/go-pme/pme/access/resolve"
	"github.com/go-pme/pme/matterport"
	"github.com/go-pme/pme/matterport/matterporttest"
)

// A list of folders and one of spaces, over HTTP.
func TestLargeAccountIsListedInFewCalls(t *testing.T) {
	var models []matterporttest.Model
	for i := range 5000 {
		models = append(models, matterporttest.Model{
			ID: fmt.Sprintf("Model%06d", i), InternalID: fmt.Sprint(i), Folder: fmt.Sprintf("Plant %d/Hall %d", i%20, i%200),
		})
	}
	up := matterporttest.NewServer(t, matterporttest.Config{Models: models})
	client, err := matterport.New(matterport.Config{
		ClientID: matterporttest.DefaultClientID, ClientSecret: matterporttest.DefaultClientSecret, BaseURL: up.URL,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	list := access.List{{Users: []string{"alice"}, Models: []string{"internalId:4321"}}}
	for i := range 200 {
		list = append(list, access.Rule{Groups: []string{fmt.Sprint("hall", i)}, Models: []string{fmt.Sprintf("folder:Plant %d/Hall %d", i%20, i)}})
	}
	policy, err := list.Policy()
	if err != nil {
		t.Fatal(err)
	}
	r, err := resolve.New(resolve.Config{Policy: policy, Matterport: client})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	deadline := time.After(time.Minute)
	for {
		if ok, _ := policy.Allowed(t.Context(), alice, "Model004321"); ok {
			break
		}
		select {
		case <-deadline:
			t.Fatal("not resolved in a minute")
		case <-time.After(10 * time.Millisecond):
		}
	}
	if pages, trees, folders := up.Calls("models"), up.Calls("rootFolder"), up.Calls("folder"); pages != 5 || trees != 1 || folders != 0 {
		t.Errorf("%d pages, %d trees, %d folders", pages, trees, folders)
	}
	e, err := access.Explain(t.Context(), policy, alice, "Model004321")
	if err != nil || !e.Allowed {
		t.Errorf("%v, %v", e, err)
	}
}
