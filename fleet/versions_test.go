package fleet_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/redis/rueidis"

	"github.com/go-pme/pme/fleet"
	"github.com/go-pme/pme/fleet/internal/redistest"
	"github.com/go-pme/pme/fleet/internal/vault"
	"github.com/go-pme/pme/issuer/store"
)

// A later is what a later version of this program does to the store of one fleet.
type later struct {
	t      *testing.T
	client rueidis.Client
	prefix string
	keys   *vault.Keys
}

// beside opens two replicas of this version, and a later one.
func beside(t *testing.T) ([]*fleet.Fleet, *later, string) {
	t.Helper()
	server := redistest.Start(t)
	cfg := fleet.Config{URL: server.URL(), Namespace: namespace()}
	keys, err := vault.New([][]byte{key})
	if err != nil {
		t.Fatal(err)
	}
	l := &later{t, server.Client(t), "{pme:" + cfg.Namespace + "}:", keys}
	return []*fleet.Fleet{open(t, cfg), open(t, cfg)}, l, server.URL()
}

func (l *later) do(command ...string) rueidis.RedisMessage {
	l.t.Helper()
	answer, err := l.client.Do(l.t.Context(), l.client.B().Arbitrary(command...).Build()).ToMessage()
	if err != nil && !rueidis.IsRedisNil(err) {
		l.t.Fatalf("%s: %v", command, err)
	}
	return answer
}

// only returns the one key that begins like this.
func (l *later) only(kind string) string {
	l.t.Helper()
	answer := l.do("KEYS", l.prefix+kind+":*")
	names, err := answer.AsStrSlice()
	if err != nil || len(names) != 1 {
		l.t.Fatalf("%s: %q, %v", kind, names, err)
	}
	return names[0]
}

// record appends one to the log.
func (l *later) record(text string) {
	l.t.Helper()
	answer := l.do("HINCRBY", l.prefix+"fleet", "n", "1")
	n, err := answer.AsInt64()
	if err != nil {
		l.t.Fatal(err)
	}
	l.do("HSET", l.prefix+"fleet", "r", "later")
	l.do("ZADD", l.prefix+"log", fmt.Sprint(n), fmt.Sprintf("%d.later.%s", n, l.keys.Seal("log", []byte(text))))
}

// rewrite changes what is sealed of the newest token.
func (l *later) rewrite(change func(content map[string]any)) {
	l.t.Helper()
	name := l.only("t")
	fields, err := l.client.Do(l.t.Context(), l.client.B().Hgetall().Key(name).Build()).AsStrMap()
	if err != nil {
		l.t.Fatal(err)
	}
	id := fields["newest"]
	parts := strings.SplitN(fields[id], "\n", 3)
	text, err := l.keys.Open("token", parts[2])
	content := make(map[string]any)
	if err = errors.Join(err, json.Unmarshal(text, &content)); err != nil {
		l.t.Fatal(err)
	}
	change(content)
	if text, err = json.Marshal(content); err != nil {
		l.t.Fatal(err)
	}
	l.do("HSET", name, id, strings.Join([]string{parts[0], parts[1], l.keys.Seal("token", text)}, "\n"))
}

func wantWell(t *testing.T, all []*fleet.Fleet) {
	t.Helper()
	for i, f := range all {
		eventually(t, fmt.Sprint("replica ", i, " is well"), func() bool { return f.HealthParts()[0].Check(t.Context()) == nil })
	}
	e := token("well", "carol")
	put(t, all[0].Tokens(), e)
	eventually(t, "it is served", func() bool { return has(all[1].Tokens(), e.Key) })
	if gone, err := all[1].Tokens().Evict(t.Context(), store.Selector{User: "carol"}); err != nil || len(gone) != 1 {
		t.Errorf("Evict: %d tokens, %v", len(gone), err)
	}
	if has(all[0].Tokens(), e.Key) {
		t.Error("the revoked token is served")
	}
}

func TestRecordOfALaterKindEmptiesTheCachesOnce(t *testing.T) {
	all, next, _ := beside(t)
	wantWell(t, all) // and nothing is left to apply
	e := token("1", "alice")
	put(t, all[0].Tokens(), e)
	eventually(t, "both serve it", func() bool { return has(all[0].Tokens(), e.Key) && has(all[1].Tokens(), e.Key) })
	next.do("DEL", next.only("t"))
	if !has(all[0].Tokens(), e.Key) {
		t.Fatal("it is not cached")
	}
	next.record(`{"kind":"group","g":"guests"}`)
	next.record(`what is this?`)
	eventually(t, "no cache has it", func() bool { return !has(all[0].Tokens(), e.Key) && !has(all[1].Tokens(), e.Key) })
	wantWell(t, all)
}

func TestTokenOfALaterVersionIsPassedOver(t *testing.T) {
	all, next, _ := beside(t)
	for name, change := range map[string]func(map[string]any){
		"version": func(c map[string]any) { c["V"] = 2 },
		"form":    func(c map[string]any) { c["Key"] = "alice" },
	} {
		e := token(name, "alice")
		e.Key.Session = name
		put(t, all[0].Tokens(), e)
		next.rewrite(change)
		got, err := all[1].Tokens().Get(t.Context(), e.Key, all[1].Tokens().Mark())
		if got != nil || err != nil {
			t.Errorf("%s: %v, %v, want a miss", name, got, err)
		}
		for _, err := range all[1].Tokens().Entries(t.Context()) {
			if err != nil {
				t.Errorf("%s: Entries: %v", name, err)
			}
		}
		put(t, all[1].Tokens(), e)
		if !has(all[1].Tokens(), e.Key) {
			t.Errorf("%s: the new token is not served", name)
		}
		gone, err := all[1].Tokens().Evict(t.Context(), store.Selector{User: "alice"})
		if err != nil || len(gone) != 1 {
			t.Errorf("%s: Evict: %d tokens, %v", name, len(gone), err)
		}
		next.do("DEL", next.only("t"))
	}
	wantWell(t, all)
}

func TestFieldsOfALaterVersionAreIgnored(t *testing.T) {
	all, next, _ := beside(t)
	e := token("1", "alice")
	put(t, all[0].Tokens(), e)
	next.rewrite(func(c map[string]any) { c["Region"] = "eu" })
	next.do("HSET", next.prefix+"fleet", "region", "eu", "k:later", "sealed otherwise")
	if !has(all[1].Tokens(), e.Key) {
		t.Error("a token with another field is not served")
	}
	wantWell(t, all)
	other := token("2", "bob")
	claim(t, all[0].Tokens(), other.Key)
	next.do("APPEND", next.only("c"), "\nmore")
	if _, err := all[1].Tokens().Claim(t.Context(), other.Key, all[1].Tokens().Mark(), time.Minute); !errors.Is(err, store.ErrClaimed) {
		t.Errorf("a claim with another part: %v", err)
	}
}

func TestClaimOfAnotherFormIsReplacedAfterItsTime(t *testing.T) {
	all, next, _ := beside(t)
	e := token("1", "alice")
	claim(t, all[0].Tokens(), e.Key)
	next.do("SET", next.only("c"), "another form")
	s := all[1].Tokens()
	if _, err := s.Evict(t.Context(), store.Selector{User: "bob"}); err != nil {
		t.Fatal(err)
	}
	var c store.Claim
	eventually(t, "the claim is replaced", func() (ok bool) {
		var err error
		c, err = s.Claim(t.Context(), e.Key, s.Mark(), 100*time.Millisecond)
		if err != nil && !errors.Is(err, store.ErrClaimed) {
			t.Fatal(err)
		}
		return err == nil
	})
	if err := s.Put(t.Context(), c, e, time.Hour); err != nil {
		t.Error(err)
	}
}

func TestMemberOfAnotherFormIsWaitedForOnce(t *testing.T) {
	all, next, _ := beside(t)
	wantWell(t, all)
	next.do("HSET", next.prefix+"members", "later", "v2/17")
	wantWell(t, all)
	answer := next.do("HEXISTS", next.prefix+"members", "later")
	if is, err := answer.AsBool(); err != nil || is {
		t.Errorf("it is a member: %v, %v", is, err)
	}
}

func TestGenerationOfAnotherFormRevokes(t *testing.T) {
	all, next, _ := beside(t)
	e := token("1", "alice")
	if _, err := all[0].Tokens().Evict(t.Context(), store.Selector{Model: "secretmodel"}); err != nil {
		t.Fatal(err)
	}
	put(t, all[0].Tokens(), e)
	var generations []string
	answer := next.do("KEYS", next.prefix+"g:*")
	generations, _ = answer.AsStrSlice()
	for _, g := range generations {
		next.do("HSET", g, "p", "2/another form")
	}
	next.record(`{"f":true}`)
	eventually(t, "it is revoked", func() bool { return !has(all[0].Tokens(), e.Key) && !has(all[1].Tokens(), e.Key) })
}

func TestAnotherFormatIsNotWorkedWithUntilItIsRolledBack(t *testing.T) {
	all, next, url := beside(t)
	e := token("1", "alice")
	put(t, all[0].Tokens(), e)
	next.do("HSET", next.prefix+"fleet", "v", "2")
	eventually(t, "the lease is over", func() bool { return !has(all[0].Tokens(), e.Key) && !has(all[1].Tokens(), e.Key) })
	eventually(t, "health says why", func() bool {
		err := all[0].HealthParts()[0].Check(t.Context())
		return err != nil && strings.Contains(err.Error(), "upgrade")
	})
	namespace := strings.TrimSuffix(strings.TrimPrefix(next.prefix, "{pme:"), "}:")
	f, err := fleet.Open(t.Context(), fleet.Config{URL: url, Namespace: namespace, Keys: [][]byte{key}, Logger: slog.New(slog.DiscardHandler)})
	if err == nil {
		_ = f.Close()
	}
	if err == nil || !strings.Contains(err.Error(), "upgrade") {
		t.Errorf("Open: %v", err)
	}
	next.do("HSET", next.prefix+"fleet", "v", "1")
	eventually(t, "both serve it again", func() bool { return has(all[0].Tokens(), e.Key) && has(all[1].Tokens(), e.Key) })
	wantWell(t, all)
}

// A replica of a version that does not know the generation of everything finds nothing that it could give or store: its mints have
// lost their claims, the tokens are out of the store, and the last it learns of is a record that it has to empty its caches for.
func TestEverythingIsRevokedForAnOlderVersionToo(t *testing.T) {
	all, old, _ := beside(t)
	s := all[0].Tokens()
	e := token("1", "alice")
	put(t, s, e)
	claim(t, s, token("", "bob").Key)
	if gone, err := s.Evict(t.Context(), store.Selector{All: true}); err != nil || len(gone) != 1 {
		t.Fatalf("Evict: %d tokens, %v", len(gone), err)
	}
	for _, kind := range []string{"t", "c"} {
		answer := old.do("KEYS", old.prefix+kind+":*")
		if names, err := answer.AsStrSlice(); err != nil || len(names) != 0 {
			t.Errorf("%s: %q, %v", kind, names, err)
		}
	}
	answer := old.do("ZRANGE", old.prefix+"log", "-1", "-1")
	log, err := answer.AsStrSlice()
	if err != nil || len(log) != 1 {
		t.Fatal(log, err)
	}
	if text, err := old.keys.Open("log", strings.SplitN(log[0], ".", 3)[2]); err != nil || string(text) != `{"d":true}` {
		t.Errorf("the last record is %s, %v", text, err)
	}
	later := token("2", "bob")
	put(t, all[1].Tokens(), later)
	eventually(t, "a later token is served", func() bool { return has(s, later.Key) && has(all[1].Tokens(), later.Key) })
}
