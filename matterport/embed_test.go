package matterport_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/go-pme/pme/matterport"
)

func TestEmbedLinkIsReturnedWhole(t *testing.T) {
	server := time.Date(2026, 5, 4, 3, 2, 1, 0, time.UTC)
	u := &upstream{
		clock: func() time.Time { return server },
		graph: func(int, asked) reply { return linkReply(server.Add(10 * time.Minute)) },
	}
	got, err := newClient(t, u).CreateEmbedLink(t.Context(), modelID, 10*time.Minute)
	want := &matterport.EmbedToken{
		AccessToken: embedBearer,
		Application: "showcase",
		Link:        "https://my.matterport.com/show?m=" + modelID + "&auth=Bearer+" + embedBearer,
		ValidUntil:  server.Add(10 * time.Minute),
	}
	if err != nil || !cmp.Equal(want, got) { // a diff would print [redacted] twice
		t.Errorf("got %+v, %v; want %+v", got, err, want)
	}
}

func TestEmbedTokenForSeveralModelsHasNoLink(t *testing.T) {
	until := time.Date(2026, 5, 4, 3, 2, 1, 0, time.UTC)
	u := &upstream{
		clock: func() time.Time { return until },
		graph: func(int, asked) reply {
			return reply{body: fmt.Sprintf(`{"data":{"createPrivateModelEmbedToken":{"accessToken":%q,"validUntil":"2026-05-04T05:02:01+02:00"}}}`, embedBearer)}
		},
	}
	got, err := newClient(t, u).CreateEmbedToken(t.Context(), []string{modelID, "abcDEF12345"}, time.Hour)
	want := &matterport.EmbedToken{AccessToken: embedBearer, Application: "showcase", ValidUntil: until}
	if err != nil || !cmp.Equal(want, got) {
		t.Errorf("got %+v, %v; want %+v", got, err, want)
	}
}

func TestTokenNeverLivesLongerThanAskedFor(t *testing.T) {
	for name, tc := range map[string]struct {
		skew     time.Duration // of the server's clock
		dated    bool
		granted  time.Duration
		validFor time.Duration
		atMost   time.Duration // from the request's start, by a clock that may lead by 1 s
	}{
		"as asked":           {0, true, 10 * time.Minute, 10 * time.Minute, 10 * time.Minute},
		"less":               {0, true, time.Minute, 10 * time.Minute, time.Minute},
		"more":               {0, true, time.Hour, 10 * time.Minute, 10*time.Minute + time.Second},
		"server is ahead":    {3 * time.Hour, true, time.Hour, 10 * time.Minute, 10*time.Minute + time.Second},
		"server is behind":   {-3 * time.Hour, true, time.Hour, 10 * time.Minute, 10*time.Minute + time.Second},
		"no Date":            {0, false, time.Hour, 10 * time.Minute, 10 * time.Minute},
		"fraction not asked": {0, false, time.Hour, 90*time.Second + 900*time.Millisecond, 90 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := func() time.Time { return time.Now().Add(tc.skew) }
				u := &upstream{}
				if tc.dated {
					u.clock = server
				}
				u.graph = func(int, asked) reply {
					r := linkReply(server().Add(tc.granted))
					r.delay = 4 * time.Second
					return r
				}
				start := server()
				client := newClient(t, u)
				token, err := client.CreateEmbedLink(t.Context(), modelID, tc.validFor)
				if err != nil {
					t.Fatal(err)
				}
				if got := token.ValidUntil.Sub(start); got > tc.atMost || got < tc.atMost-time.Second {
					t.Errorf("valid for %v; want %v", got, tc.atMost)
				}
				if left := token.ValidUntil.Sub(serverTime(client)); left > tc.validFor {
					t.Errorf("%v left of %v", left, tc.validFor)
				}
			})
		})
	}
}

func TestBadArgumentsNeverReachTheNetwork(t *testing.T) {
	u := &upstream{}
	client := newClient(t, u)
	links := func(id string, d time.Duration) func() error {
		return func() error { _, err := client.CreateEmbedLink(t.Context(), id, d); return err }
	}
	tokens := func(d time.Duration, ids ...string) func() error {
		return func() error { _, err := client.CreateEmbedToken(t.Context(), ids, d); return err }
	}
	models := func(size int) func() error {
		return func() error {
			_, err := client.Models(t.Context(), matterport.ModelQuery{PageSize: size})
			return err
		}
	}
	for name, call := range map[string]func() error{
		"no ID":         links("", time.Minute),
		"view ID":       links("abcdefghijklmnopqrstuvwxy", time.Minute),
		"too short":     links(modelID, 30*time.Second-1),
		"too long":      links(modelID, 24*time.Hour+1),
		"negative":      links(modelID, -time.Minute),
		"no models":     tokens(time.Minute),
		"bad second ID": tokens(time.Minute, modelID, "x\""),
		"twice":         tokens(time.Minute, modelID, "abcDEF12345", modelID),
		"tokens short":  tokens(time.Second, modelID),
		"no token":      func() error { return client.DeleteEmbedToken(t.Context(), "") },
		"model ID":      func() error { _, err := client.Model(t.Context(), "../x"); return err },
		"page size":     models(1001),
		"negative size": models(-1),
	} {
		if err := call(); !errors.Is(err, matterport.ErrInvalid) || failure(t, err).Status != 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
	if tokens, graphs := u.counts(); tokens+graphs != 0 {
		t.Errorf("%d requests were made", tokens+graphs)
	}
}

func TestShortestAndLongestLivesAreAllowed(t *testing.T) {
	u := &upstream{}
	client := newClient(t, u)
	for i, d := range []time.Duration{30 * time.Second, 24 * time.Hour} {
		if _, err := client.CreateEmbedLink(t.Context(), modelID, d); err != nil {
			t.Fatal(err)
		}
		if got := u.graphs[i].graph.Variables["validFor"]; got != fmt.Sprintf("%.0fs", d.Seconds()) {
			t.Errorf("validFor is %v", got)
		}
	}
}

func TestHalfATokenIsMalformed(t *testing.T) {
	const good = `{"accessToken":"tok","application":"showcase","link":"https://my.matterport.com/show","validUntil":"2026-05-04T03:02:01Z"}`
	for name, result := range map[string]string{
		"no token":        strings.Replace(good, `"accessToken":"tok",`, "", 1),
		"null token":      strings.Replace(good, `"tok"`, "null", 1),
		"token is number": strings.Replace(good, `"tok"`, "4711", 1),
		"not bare":        strings.Replace(good, `"tok"`, `"Bearer tok"`, 1),
		"no time":         strings.Replace(good, `,"validUntil":"2026-05-04T03:02:01Z"`, "", 1),
		"odd time":        strings.Replace(good, "2026-05-04T03:02:01Z", "tomorrow", 1),
		"empty link":      strings.Replace(good, "https://my.matterport.com/show", "", 1),
		"script link":     strings.Replace(good, "https://my.matterport.com/show", "javascript:alert(1)//x", 1),
		"http link":       strings.Replace(good, "https:", "http:", 1),
		"a text":          `"tok"`,
		"a list":          `[]`,
	} {
		t.Run(name, func(t *testing.T) {
			u := &upstream{graph: func(int, asked) reply {
				return reply{body: `{"data":{"createPrivateModelEmbedLink":` + result + `}}`}
			}}
			client := newClient(t, u)
			token, err := client.CreateEmbedLink(t.Context(), modelID, time.Minute)
			if token != nil || !errors.Is(err, matterport.ErrMalformed) {
				t.Errorf("got %v, %v", token, err)
			}
			if strings.Contains(err.Error(), "tok\"") || strings.Contains(err.Error(), "4711") {
				t.Errorf("%q quotes the answer", err)
			}
		})
	}
}

func TestPlainLinkIsTakenFromALoopbackAPI(t *testing.T) {
	u := &upstream{graph: func(int, asked) reply {
		return reply{body: strings.ReplaceAll(linkReply(time.Now()).body, "https://my.matterport.com", "http://127.0.0.1:8080")}
	}}
	client := newClient(t, u, func(cfg *matterport.Config) { cfg.BaseURL = "HTTP://127.0.0.1:8080/" })
	if err := link(t.Context(), client); err != nil {
		t.Error(err)
	}
}

func TestDeletionMustBeConfirmed(t *testing.T) {
	for result, want := range map[string]error{
		"true": nil, "false": matterport.ErrMalformed, "null": matterport.ErrMalformed, `"true"`: matterport.ErrMalformed,
	} {
		u := &upstream{graph: func(int, asked) reply {
			return reply{body: `{"data":{"deletePrivateModelEmbedToken":` + result + `}}`}
		}}
		if err := newClient(t, u).DeleteEmbedToken(t.Context(), embedBearer); !errors.Is(err, want) {
			t.Errorf("%s: %v; want %v", result, err, want)
		}
	}
}

func TestDeletingAnUnknownTokenIsNotFound(t *testing.T) {
	u := &upstream{graph: func(int, asked) reply {
		return reply{status: http.StatusNotFound, body: graphFailure("not.found").body}
	}}
	if err := newClient(t, u).DeleteEmbedToken(t.Context(), embedBearer); !errors.Is(err, matterport.ErrNotFound) {
		t.Errorf("err = %v", err)
	}
}
