package matterport_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/go-pme/pme/matterport"
)

func TestModelsOfAConnectedAccountAreAskedForWithItsToken(t *testing.T) {
	u := &upstream{graph: func(n int, _ asked) reply {
		if n == 1 {
			return reply{body: listAnswer + "}"}
		}
		return reply{body: `{"data":{"model":{"id":"` + modelID + `","name":"Hall"}}}`}
	}}
	app := newApp(t, u)
	page, err := app.Models(t.Context(), accessBearer, matterport.ModelQuery{Query: "hall", PageSize: 50, Offset: "20"})
	if diff := cmp.Diff(wantPage(), page); diff != "" || err != nil {
		t.Errorf("%v, page (-want +got):\n%s", err, diff)
	}
	model, err := app.Model(t.Context(), accessBearer, modelID)
	if diff := cmp.Diff(&matterport.Model{ID: modelID, Name: "Hall"}, model); diff != "" || err != nil {
		t.Errorf("%v, model (-want +got):\n%s", err, diff)
	}

	wants := []map[string]any{{"query": "hall", "pageSize": 50.0, "offset": "20"}, {"id": modelID}}
	for i, want := range wants {
		if diff := cmp.Diff(want, u.graphs[i].graph.Variables); diff != "" || u.graphs[i].bearer != accessBearer {
			t.Errorf("bearer %q, variables (-want +got):\n%s", u.graphs[i].bearer, diff)
		}
	}
	if tokens, graphs := u.counts(); tokens != 0 || graphs != 2 {
		t.Errorf("%d token requests, %d calls; want 0, 2", tokens, graphs)
	}
}

func TestRefusedAccessTokenIsLeftToTheCaller(t *testing.T) {
	for name, refusal := range refusals {
		t.Run(name, func(t *testing.T) {
			u := &upstream{graph: func(int, asked) reply { return refusal }}
			app := newApp(t, u)
			page, err := app.Models(t.Context(), accessBearer, matterport.ModelQuery{})
			mustBe(t, err, matterport.ErrTokenRefused)
			model, err2 := app.Model(t.Context(), accessBearer, modelID)
			mustBe(t, err2, matterport.ErrTokenRefused)
			if page != nil || model != nil || !strings.Contains(err.Error(), "access token refused") {
				t.Errorf("got %v, %v, %v", page, model, err)
			}
			if tokens, graphs := u.counts(); tokens != 0 || graphs != 2 {
				t.Errorf("%d token requests, %d calls; want 0, 2", tokens, graphs)
			}
		})
	}
}

func TestConnectedModelsFailAsTheClientsDo(t *testing.T) {
	for name, tc := range map[string]struct {
		reply reply
		want  error
		calls int
	}{
		"not.found":     {graphFailure("not.found"), matterport.ErrNotFound, 1},
		"missing scope": {reply{status: 403, body: `{"error":"insufficient_scope"}`}, matterport.ErrUnauthorized, 1},
		"unauthorized":  {graphFailure("request.unauthorized"), matterport.ErrUnauthorized, 1},
		"quota":         {graphFailure("quota.exceeded"), matterport.ErrRateLimited, 3},
		"503":           {reply{status: 503}, matterport.ErrUnavailable, 3},
		"HTML":          {reply{kind: "text/html", body: "<html>"}, matterport.ErrMalformed, 1},
		"nothing":       {reply{body: `{"data":{}}`}, matterport.ErrMalformed, 1},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				u := &upstream{graph: func(int, asked) reply { return tc.reply }}
				page, err := newApp(t, u).Models(t.Context(), accessBearer, matterport.ModelQuery{})
				mustBe(t, err, tc.want)
				if _, graphs := u.counts(); page != nil || graphs != tc.calls {
					t.Errorf("page %v, %d calls; want %d", page, graphs, tc.calls)
				}
			})
		})
	}
}

func TestConnectedModelsRefuseSenselessArguments(t *testing.T) {
	app := newApp(t, &upstream{graph: func(int, asked) reply { t.Error("something was sent"); return reply{} }})
	for name, access := range map[string]matterport.Secret{
		"none": "", "a space": "hush hush", "a line": "hush\r\nX: hush", "a foreign letter": "hush\u00e9",
	} {
		page, err := app.Models(t.Context(), access, matterport.ModelQuery{})
		mustBe(t, err, matterport.ErrInvalid)
		model, err2 := app.Model(t.Context(), access, modelID)
		mustBe(t, err2, matterport.ErrInvalid)
		if page != nil || model != nil {
			t.Errorf("%s: %v, %v", name, page, model)
		}
		mustNotTell(t, name, printed(err)...)
	}
	_, err := app.Models(t.Context(), accessBearer, matterport.ModelQuery{PageSize: 1001})
	mustBe(t, err, matterport.ErrInvalid)
	_, err = app.Model(t.Context(), accessBearer, "x")
	mustBe(t, err, matterport.ErrInvalid)
}

func TestServerTimeIsLearnedFromConnectedModels(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		u := &upstream{
			clock: func() time.Time { return time.Now().Add(time.Hour) },
			graph: func(int, asked) reply { return graphFailure("not.found") },
		}
		app := newApp(t, u)
		if got, known := app.ServerTime(); known || !got.Equal(time.Now()) {
			t.Errorf("before the first answer: %v, %v; want the local time, not known", got, known)
		}
		if _, err := app.Model(t.Context(), accessBearer, modelID); err == nil {
			t.Fatal("no error")
		}
		if lead := time.Until(serverTime(app)); lead != time.Hour+time.Second {
			t.Errorf("ServerTime leads by %v; want an hour and a second", lead)
		}
	})
}
