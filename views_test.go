package pme_test

import (
	"net/http"
	"testing"

	"github.com/go-pme/pme"
	"github.com/go-pme/pme/access"
	"github.com/go-pme/pme/matterport/matterporttest"
)

const (
	space     = "SxQL3iGyoDo"
	viewOf    = "0ehmdabhd31ra7pyai5igb9sb"
	otherView = "w3mc532z2qgs2i20z0wz1y0wc"
)

func TestViewsAreOpenedWhereTheyAreNamed(t *testing.T) {
	up := matterporttest.NewServer(t, matterporttest.Config{
		EmbedViews: true,
		Models:     []matterporttest.Model{{ID: space, Views: []matterporttest.View{{ID: viewOf}, {ID: otherView}}}},
	})
	for name, test := range map[string]struct {
		views  bool
		models []string
		want   map[string]int
	}{
		"off":             {false, []string{viewOf}, map[string]int{viewOf: http.StatusBadRequest, space: http.StatusForbidden}},
		"a view":          {true, []string{viewOf}, map[string]int{viewOf: http.StatusOK, otherView: http.StatusForbidden, space: http.StatusForbidden}},
		"the space":       {true, []string{space}, map[string]int{viewOf: http.StatusForbidden, space: http.StatusOK}},
		"every space":     {true, []string{"*"}, map[string]int{viewOf: http.StatusForbidden, space: http.StatusOK}},
		"too short an ID": {true, []string{"*"}, map[string]int{viewOf[1:]: http.StatusBadRequest}},
	} {
		t.Run(name, func(t *testing.T) {
			h, err := pme.New(pme.Config{
				ClientID: matterporttest.DefaultClientID, ClientSecret: matterporttest.DefaultClientSecret, APIURL: up.URL,
				Authenticate: gate(t), Access: access.List{{Users: []string{"alice"}, Models: test.models}}, Views: test.views,
			})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = h.Close() })
			for id, want := range test.want {
				eventually(t, h, "/token?modelId="+id, want, "")
			}
		})
	}
}
