package telemetry_test

import (
	"context"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	dto "github.com/prometheus/client_model/go"

	"github.com/go-pme/pme/event"
	"github.com/go-pme/pme/health"
	"github.com/go-pme/pme/matterport"
	"github.com/go-pme/pme/telemetry"
)

const mostSeries = 100

// kinds are the kinds of events, as the source of package event has them.
func kinds(t *testing.T) []event.Kind {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "../event/event.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var all []event.Kind
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if id, ok := spec.Type.(*ast.Ident); !ok || id.Name != "Kind" {
			return true
		}
		for _, value := range spec.Values {
			text, err := strconv.Unquote(value.(*ast.BasicLit).Value)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, event.Kind(text))
		}
		return true
	})
	if len(all) < 20 {
		t.Fatalf("only %d kinds found", len(all))
	}
	return all
}

// TestSeriesAreBounded plays 100,000 users and 10,000 spaces, with words, parts and hosts that come from outside, and walks
// everything that Prometheus would store.
func TestSeriesAreBounded(t *testing.T) {
	o := observe(t, telemetry.Config{})
	o.UseHealth(partsWithManyNames(t))
	chance := rand.New(rand.NewPCG(1, 2))
	all := kinds(t)
	for i := range 100_000 {
		user := fmt.Sprintf("user-%06d@evil.example/?x=%d", i, i)
		model := fmt.Sprintf("Space%06d", chance.IntN(10_000))
		reason := []string{"no_rule", "matterport", "logout", user, model, "https://evil.example/" + model}[i%6]
		o.events.Emit(t.Context(), event.Event{
			Kind: all[i%len(all)], Reason: reason, User: user, Session: "session-" + user, Models: []string{model},
			Names: []string{"Plant " + model}, By: user, Part: user, Detail: user, Level: slog.LevelInfo,
		})
	}
	callEverywhere(t, o)
	o.events.Emit(t.Context(), event.Event{Kind: "a kind that a host made up", Reason: "x"})

	n := 0
	for _, family := range o.scrape(t) {
		for _, m := range family.GetMetric() {
			n += samples(m)
			checkLabels(t, family.GetName(), m.GetLabel())
		}
	}
	t.Logf("%d series", n)
	if n > mostSeries {
		t.Errorf("there are %d series, and at most %d are allowed", n, mostSeries)
	}
	var counted int64
	for _, name := range []string{"pme.token.requests", "pme.revocations", "pme.sign_ins"} {
		for _, v := range o.values(t, name) {
			counted += v
		}
	}
	if counted < 20_000 {
		t.Errorf("only %d events are in the metrics", counted)
	}
}

// samples is how many series Prometheus keeps of m.
func samples(m *dto.Metric) int {
	if h := m.GetHistogram(); h != nil {
		return len(h.GetBucket()) + 3 // also the bucket without an end, the sum and the count
	}
	return 1
}

var word = regexp.MustCompile(`^[a-z_]{2,20}$`)

func checkLabels(t *testing.T, name string, labels []*dto.LabelPair) {
	t.Helper()
	for _, l := range labels {
		switch key, value := l.GetName(), l.GetValue(); {
		case strings.HasPrefix(key, "otel_scope_"), name == "target_info":
		case key == "part": // the names are those of the host's own code
		case key != "outcome" && key != "reason" && key != "call" && key != "error":
			t.Errorf("%s has the label %q", name, key)
		case !word.MatchString(value):
			t.Errorf("%s has %s=%q", name, key, value)
		}
	}
}

// partsWithManyNames is a handler of pme's parts and 50 more.
func partsWithManyNames(t *testing.T) http.Handler {
	t.Helper()
	well := func(name string) health.Part {
		return health.Part{Name: name, Check: func(context.Context) error { return nil }}
	}
	var parts []health.Part
	for i := range 50 {
		parts = append(parts, well(fmt.Sprintf("database-%02d", i)))
	}
	return health.NewHandler(t.Context(), append(parts, well("tokens"), well("policy"), well("matterport"))...)
}

// callEverywhere makes requests to many hosts, and to Matterport, with all kinds of answers.
func callEverywhere(t *testing.T, o *observed) {
	t.Helper()
	status := http.StatusOK
	transport := o.Transport(roundTripper(func(r *http.Request) (*http.Response, error) {
		if strings.HasSuffix(r.URL.Path, "/token") {
			return reply(http.StatusOK, `{"access_token":"application","token_type":"Bearer","expires_in":3599}`), nil
		}
		status++
		return reply(status, "{}"), nil
	}))
	client, err := matterport.New(matterport.Config{
		ClientID: "id", ClientSecret: "secret", MaxAttempts: 1, HTTPClient: &http.Client{Transport: transport}, Logger: quiet(),
	})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = client.Close() }()
	for i := range 200 {
		_, _ = client.CreateEmbedLink(t.Context(), office, time.Hour)
		_, _ = client.Model(t.Context(), office)
		get(t, transport, fmt.Sprintf("https://host-%d.example/%d?token=%d", i, i, i))
	}
}

func TestEveryKindOfEventIsAccountedFor(t *testing.T) {
	counted := make(map[event.Kind]bool)
	for _, kind := range telemetry.Kinds() {
		counted[kind] = true
	}
	for _, kind := range kinds(t) {
		if !counted[kind] {
			t.Errorf("events of the kind %q are in no metric: give them one in counters, or name the kind in uncounted", kind)
		}
	}
}

func TestPartsBeyondTheBoundShareASeries(t *testing.T) {
	o := observe(t, telemetry.Config{})
	o.UseHealth(partsWithManyNames(t))
	got := o.values(t, "pme.part.degraded")
	if len(got) != 10 {
		t.Errorf("%d parts: %v", len(got), got)
	}
	for _, name := range []string{"matterport", "tokens", "policy", "database-00", "other"} {
		if _, ok := got["part="+name+" "]; !ok {
			t.Errorf("%q is missing in %v", name, got)
		}
	}
}
