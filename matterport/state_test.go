package matterport_test

import (
	"errors"
	"net/http"
	"testing"
	"testing/synctest"

	"github.com/go-pme/pme/matterport"
	"github.com/go-pme/pme/matterport/matterporttest"
)

func stateAnswer(state string) reply {
	return reply{body: `{"data":{"model":{"id":"` + modelID + `","state":` + state + `}}}`}
}

func TestModelIsGoneOnlyIfMatterportSaysSo(t *testing.T) {
	for name, tc := range map[string]struct {
		answer reply
		want   matterport.ModelState
		err    error
	}{
		"active":              {stateAnswer(`"active"`), matterport.ModelActive, nil},
		"in capitals":         {stateAnswer(`"INACTIVE"`), matterport.ModelInactive, nil},
		"a new state":         {stateAnswer(`"resting"`), "resting", nil},
		"no state":            {stateAnswer(`null`), "", nil},
		"a state of its own":  {stateAnswer(`{"name":"active"}`), "", nil},
		"not found":           {graphFailure("not.found"), matterport.ModelGone, nil},
		"inactive":            {graphFailure("model.inactive"), matterport.ModelInactive, nil},
		"unauthenticated":     {graphFailure("request.unauthenticated"), "", matterport.ErrUnauthorized},
		"unauthorized":        {graphFailure("request.unauthorized"), "", matterport.ErrUnauthorized},
		"quota":               {graphFailure("quota.exceeded"), "", matterport.ErrRateLimited},
		"internal error":      {graphFailure("error.internal"), "", matterport.ErrUnavailable},
		"a gateway's 404":     {reply{status: http.StatusNotFound, body: `{"errors":[{"message":"no route"}]}`}, "", matterport.ErrMalformed},
		"a gateway's 410":     {reply{status: http.StatusGone, body: `{"errors":[{"message":"gone"}]}`}, "", matterport.ErrMalformed},
		"a page":              {reply{status: http.StatusNotFound, kind: "text/html", body: "<h1>Not found</h1>"}, "", matterport.ErrMalformed},
		"an empty object":     {reply{body: `{}`}, "", matterport.ErrMalformed},
		"null":                {reply{body: `{"data":{"model":null}}`}, "", matterport.ErrMalformed},
		"another model":       {reply{body: `{"data":{"model":{"id":"AnotherOne1","state":"inactive"}}}`}, "", matterport.ErrMalformed},
		"Matterport is down":  {reply{status: http.StatusServiceUnavailable}, "", matterport.ErrUnavailable},
		"Matterport is quiet": {reply{fails: errors.New("connection reset")}, "", matterport.ErrUnavailable},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				u := &upstream{graph: func(int, asked) reply { return tc.answer }}
				state, err := newClient(t, u).ModelState(t.Context(), modelID)
				if state != tc.want || !errors.Is(err, tc.err) {
					t.Errorf("%q, %v; want %q, %v", state, err, tc.want, tc.err)
				}
				if tc.err != nil && errors.Is(err, matterport.ErrNotFound) {
					t.Error("it passes for an answer that the model is gone")
				}
			})
		})
	}
}

func TestModelStateDoesWithoutTheStateIfItsFieldIsUnknown(t *testing.T) {
	u := &upstream{graph: func(_ int, a asked) reply {
		if a.graph.OperationName == "modelState" {
			return reply{status: http.StatusBadRequest, body: `{"errors":[{"message":"Cannot query field \"state\"","extensions":{"code":"request.invalid"}}]}`}
		}
		return reply{body: `{"data":{"model":{"id":"` + modelID + `"}}}`}
	}}
	client := newClient(t, u)
	for range 2 {
		if state, err := client.ModelState(t.Context(), modelID); state != "" || err != nil {
			t.Fatalf("%q, %v", state, err)
		}
	}
	if n := len(u.graphs); n != 3 {
		t.Errorf("%d calls, want 3: the field is not asked for again", n)
	}
}

func TestModelStateRefusesWhatIsNoModelID(t *testing.T) {
	u := &upstream{}
	for _, id := range []string{"", "short", "0ehmdabhd31ra7pyai5igb9sb", modelID + "\n"} {
		if _, err := newClient(t, u).ModelState(t.Context(), id); !errors.Is(err, matterport.ErrInvalid) {
			t.Errorf("%q: %v", id, err)
		}
	}
	if len(u.graphs) != 0 {
		t.Error("something was sent")
	}
}

func TestEmulatorTellsTheStateOfModels(t *testing.T) {
	m := matterporttest.NewServer(t, matterporttest.Config{Models: []matterporttest.Model{
		{ID: modelID}, {ID: "AnotherOne1", Inactive: true}, {ID: "AnotherOne2", State: "inactivating"},
	}})
	client, err := matterport.New(matterport.Config{ClientID: matterporttest.DefaultClientID, ClientSecret: matterporttest.DefaultClientSecret, BaseURL: m.URL})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = client.Close() }()
	for id, want := range map[string]matterport.ModelState{
		modelID: matterport.ModelActive, "AnotherOne1": matterport.ModelInactive, "AnotherOne2": matterport.ModelInactivating, "AnotherOne3": matterport.ModelGone,
	} {
		if got, err := client.ModelState(t.Context(), id); got != want || err != nil {
			t.Errorf("%s: %q, %v; want %q", id, got, err, want)
		}
	}
}
