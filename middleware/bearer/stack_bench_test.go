package bearer_test

import (
	"log/slog"
	"net/http"
	"testing"

	"github.com/go-pme/pme"
	"github.com/go-pme/pme/access"
	"github.com/go-pme/pme/internal/gatetest"
	"github.com/go-pme/pme/matterport/matterporttest"
)

const office = "SxQL3iGyoDo"

// BenchmarkStack measures the whole way of a request for a cached token, from mux to answer.
func BenchmarkStack(b *testing.B) {
	gate, _ := counting(b)
	up := matterporttest.NewServer(b, matterporttest.Config{})
	h, err := pme.New(pme.Config{
		ClientID: matterporttest.DefaultClientID, ClientSecret: matterporttest.DefaultClientSecret, APIURL: up.URL,
		Authenticate: gate,
		Access:       access.List{{Groups: []string{"facilities"}, Models: []string{office}}},
		Logger:       slog.New(slog.NewJSONHandler(nothing{}, nil)),
	})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = h.Close() })
	mux := http.NewServeMux()
	h.Mount(mux, "/pme")
	r := withToken(aliceToken(map[string]any{"groups": append(groupIDs(), "facilities")}))
	gatetest.InTurnWithFloor(b, mux, []*http.Request{r})
}
