package fleet_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/redis/rueidis"

	"github.com/go-pme/pme/fleet"
	"github.com/go-pme/pme/fleet/internal/redistest"
	"github.com/go-pme/pme/fleet/internal/vault"
	"github.com/go-pme/pme/issuer/store"
)

func hinter(f *fleet.Fleet) store.Hinter { return f.Tokens().(store.Hinter) }

// listenTo returns what a replica is told under a topic.
func listenTo(t *testing.T, f *fleet.Fleet, topic string) <-chan string {
	t.Helper()
	told := make(chan string, 1000)
	t.Cleanup(hinter(f).OnHint(topic, func(text string) { told <- text }))
	return told
}

// reach sends hints until one of them reaches the replica.
func reach(t *testing.T, from *fleet.Fleet, told <-chan string) {
	t.Helper()
	eventually(t, "the replica listens", func() bool {
		hinter(from).Hint("listening", "")
		select {
		case <-told:
			return true
		default:
			return false
		}
	})
}

func TestHintsReachAllReplicas(t *testing.T) {
	all := replicas(t, redistest.Start(t).URL(), 3)
	var topics []<-chan string
	for _, f := range all {
		hinter(f).OnHint("panic", func(string) { panic("of a function") })
		topics = append(topics, listenTo(t, f, "topic"))
		reach(t, all[0], listenTo(t, f, "listening"))
	}
	stopped := false
	hinter(all[1]).OnHint("topic", func(string) { stopped = true })()
	for _, topic := range []string{"unknown", "panic", "topic"} {
		hinter(all[0]).Hint(topic, "text-secret")
	}
	for i, told := range topics {
		if text := <-told; text != "text-secret" || len(told) != 0 {
			t.Errorf("replica %d is told %q, and %d more", i, text, len(told))
		}
	}
	if stopped {
		t.Error("a function is called that was stopped")
	}
}

func TestHintsThatNoReplicaHasSentDoNotCount(t *testing.T) {
	server := redistest.Start(t)
	f := open(t, fleet.Config{URL: server.URL(), Namespace: "forged"})
	told := listenTo(t, f, "topic")
	reach(t, f, listenTo(t, f, "listening"))
	client := server.Client(t)
	const channel = "{pme:forged}:events"
	publish := func(message string) {
		if err := client.Do(t.Context(), client.B().Publish().Channel(channel).Message(message).Build()).Error(); err != nil {
			t.Fatal(err)
		}
	}
	own, err1 := vault.New([][]byte{key})
	other, err2 := vault.New([][]byte{[]byte(strings.Repeat("o", 32))})
	if err1 != nil || err2 != nil {
		t.Fatal(err1, err2)
	}
	write := func(v int, id, text string) []byte {
		b, err := json.Marshal(map[string]any{"V": v, "ID": id, "Topic": "topic", "Text": text, "More": true})
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	for name, message := range map[string]string{
		"in clear":          string(write(1, "a", "")),
		"another key":       other.Seal("hint", write(1, "b", "")),
		"another purpose":   own.Seal("log", write(1, "c", "")),
		"changed":           own.Seal("hint", write(1, "d", "")) + "x",
		"a later version":   own.Seal("hint", write(2, "e", "")),
		"without an ID":     own.Seal("hint", write(1, "", "")),
		"another form":      own.Seal("hint", []byte("{")),
		"nothing":           "",
		"too long":          own.Seal("hint", write(1, "f", strings.Repeat("x", 5000))),
		"nothing but a key": own.ID(),
	} {
		publish("hint " + message)
		reach(t, f, listenTo(t, f, "listening")) // it comes later
		if len(told) != 0 {
			t.Fatalf("a hint counts: %s", name)
		}
	}
	copied := "hint " + own.Seal("hint", write(1, "g", "once"))
	for range 3 {
		publish(copied)
	}
	reach(t, f, listenTo(t, f, "listening"))
	if text := <-told; text != "once" || len(told) != 0 {
		t.Errorf("%q, and %d copies count", text, len(told))
	}
}

// What replicas tell each other is of no use to who listens.
func TestHintsCannotBeRead(t *testing.T) {
	server := redistest.Start(t)
	f := open(t, fleet.Config{URL: server.URL(), Namespace: "sealed"})
	client := server.Client(t)
	dedicated, release := client.Dedicate()
	defer release()
	messages := make(chan string, 1000)
	dedicated.SetPubSubHooks(rueidis.PubSubHooks{OnMessage: func(m rueidis.PubSubMessage) { messages <- m.Message }})
	if err := dedicated.Do(t.Context(), dedicated.B().Subscribe().Channel("{pme:sealed}:events").Build()).Error(); err != nil {
		t.Fatal(err)
	}
	hinter(f).Hint("topic-secret", "text-secret")
	if m := <-messages; !strings.HasPrefix(m, "hint ") || strings.Contains(m, "secret") {
		t.Errorf("the message is %q", m)
	}
}
