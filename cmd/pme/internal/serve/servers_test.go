package serve_test

import (
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/go-pme/pme/audit"
	"github.com/go-pme/pme/cmd/pme/internal/config"
	"github.com/go-pme/pme/cmd/pme/internal/serve"
	"github.com/go-pme/pme/cmd/pme/internal/servertest"
	"github.com/go-pme/pme/event"
)

// onServers has a configuration use PostgreSQL for all that it keeps.
func onServers(cfg config.Config, database string) config.Config {
	cfg.Audit.Dir, cfg.Audit.Database = "", fixed(database)
	cfg.Connections.Database = fixed(database)
	return cfg
}

// parts returns what readyz says of each part.
func parts(t *testing.T, c *http.Client, origin string) map[string]string {
	t.Helper()
	_, body := get(t, c, origin+"/readyz")
	var report struct{ Parts map[string]string }
	if err := json.Unmarshal([]byte(body), &report); err != nil {
		t.Fatal(err)
	}
	return report.Parts
}

// eventually polls until a condition holds.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); !holds(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("not within 30 s: %s", what)
		}
	}
}

func granted(t *testing.T, g *serve.Gateway) (users []string) {
	t.Helper()
	for record, err := range g.Trail().Records(t.Context(), audit.Query{Kinds: []event.Kind{event.TokenGranted}}) {
		if err != nil {
			return nil
		}
		users = append(users, record.User)
	}
	return users
}

func TestReplicasShareTokensAndTheTrail(t *testing.T) {
	database, redis := servertest.NewPostgreSQL(t), servertest.NewRedis(t)
	cfg := onServers(everything(t), database.URL("hidden"))
	cfg.Fleet = config.Fleet{URL: redis.URL(), Keys: fixed(keyText), Lease: 300 * time.Millisecond}
	one, other := build(t, cfg), build(t, cfg)
	c := client(t)
	token := func(origin string) string {
		res, body := get(t, c, origin+"/pme/token?modelId="+office, "X-User", "alice")
		var answer struct {
			Token string `json:"access_token"`
		}
		if err := json.Unmarshal([]byte(body), &answer); err != nil || res.StatusCode != http.StatusOK {
			t.Fatalf("%d %s", res.StatusCode, body)
		}
		return answer.Token
	}
	var origins, tokens []string
	for _, g := range []*serve.Gateway{one, other} {
		origin, _ := running(t, g)
		eventually(t, "the replica is ready", func() bool { return parts(t, c, origin)["fleet"] == "ok" })
		origins, tokens = append(origins, origin), append(tokens, token(origin))
	}
	if tokens[0] == "" || tokens[0] != tokens[1] {
		t.Errorf("the replicas have %q", tokens)
	}
	if users := granted(t, other); len(users) != 1 || users[0] != "alice" {
		t.Errorf("the other replica reads %q", users)
	}
	if _, err := other.PME().RevokeUser(t.Context(), "alice"); err != nil {
		t.Error(err)
	}
	if again := token(origins[0]); again == tokens[0] {
		t.Error("a token that one replica has revoked is given out by the other")
	}
}

// What is optional never takes down what is essential: spaces are shown while the database of the trail and of accounts is away.
func TestDatabasesThatAreAwayAtTheStartAreUsedOnceTheyAnswer(t *testing.T) {
	database := servertest.NewPostgreSQL(t)
	database.Stop(t)
	cfg := onServers(everything(t), database.URL("hidden"))
	cfg.Audit.Mode = "best_effort"
	g := build(t, cfg)
	origin, _ := running(t, g)
	c := client(t)
	if res, body := get(t, c, origin+"/pme/token?modelId="+office, "X-User", "alice"); res.StatusCode != http.StatusOK {
		t.Fatalf("%d %s", res.StatusCode, body)
	}
	if state := parts(t, c, origin)["connections"]; !strings.HasSuffix(state, "waits for the database") {
		t.Errorf("connections: %q", state)
	}
	accounts := func() int {
		res, _ := get(t, c, origin+"/pme/connect/", "X-User", "alice")
		return res.StatusCode
	}
	if status := accounts(); status != http.StatusServiceUnavailable {
		t.Errorf("accounts: %d", status)
	}
	database.Start(t)
	eventually(t, "accounts can be used", func() bool { return accounts() == http.StatusOK })
	if state := parts(t, c, origin)["connections"]; state != "ok" {
		t.Errorf("connections: %q", state)
	}
	eventually(t, "the trail has the grant", func() bool {
		users := granted(t, g)
		return len(users) == 1 && users[0] == "alice"
	})
}

func TestAGatewayThatEndsBeforeItsDatabaseAnswersLeavesNothing(t *testing.T) {
	cfg := onServers(everything(t), "postgres://pme:hidden@"+servertest.ClosedPort(t)+"/pme?sslmode=disable")
	cfg.Audit = config.Audit{}                    // it would wait for its database
	if err := build(t, cfg).Close(); err != nil { // goleak looks for the rest
		t.Error(err)
	}
}

func TestADatabaseThatRefusesIsAProblem(t *testing.T) {
	database := servertest.NewPostgreSQL(t)
	problems := problemsOf(t, onServers(everything(t), database.URL("hidden-and-wrong")))
	got := paths(problems)
	if len(problems) != 2 || !got["audit.database"] || !got["connections.database"] || problems.Passing() {
		t.Fatalf("%v", problems)
	}
	for _, p := range problems {
		if !strings.Contains(p.Text, "28P01") || !strings.Contains(p.Remedy, "password") {
			t.Errorf("%+v", p)
		}
	}
}

func TestNoTokenIsIssuedWhileTheFleetIsAway(t *testing.T) {
	redis := servertest.NewRedis(t)
	redis.Stop(t)
	cfg := small(t)
	cfg.Fleet = config.Fleet{URL: redis.URL(), Keys: fixed(keyText), Lease: 300 * time.Millisecond}
	origin, _ := running(t, build(t, cfg))
	c := client(t)
	ask := func() int {
		res, _ := get(t, c, origin+"/pme/token?modelId="+office, "X-User", "alice")
		return res.StatusCode
	}
	if status := ask(); status != http.StatusServiceUnavailable {
		t.Errorf("%d", status)
	}
	redis.Start(t)
	eventually(t, "tokens are issued", func() bool { return ask() == http.StatusOK })
}

func TestAnotherProcessInTheWayIsNoWrongConfiguration(t *testing.T) {
	taken, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = taken.Close() }()
	cfg := small(t)
	cfg.Addr = taken.Addr().String()
	_, err = serve.Listen(t.Context(), &cfg)
	problems, _ := errors.AsType[serve.Problems](err)
	if len(problems) != 1 || !problems.Passing() || problems[0].Path != "addr" || !strings.Contains(problems[0].Remedy, "another address") {
		t.Errorf("%+v", problems)
	}
	cfg = everything(t)
	cfg.Audit = config.Audit{}
	build(t, cfg)
	_, err = serve.Build(t.Context(), cfg, quiet()) // it waits a little for the other one
	problems, _ = errors.AsType[serve.Problems](err)
	if len(problems) != 1 || !problems.Passing() || problems[0].Path != "connections.database" || !strings.Contains(problems[0].Remedy, "end that one first") {
		t.Errorf("%+v", problems)
	}
}
