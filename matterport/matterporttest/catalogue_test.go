package matterporttest_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-pme/pme/matterport/matterporttest"
)

// ids lists data.models.results[].id.
func (a *answer) ids() []string {
	ids := []string{}
	results, _ := a.field("models")["results"].([]any)
	for _, result := range results {
		ids = append(ids, result.(map[string]any)["id"].(string))
	}
	return ids
}

func TestModelsPageThroughTheWholeAccountOnce(t *testing.T) {
	var cfg matterporttest.Config
	for i := range 25 {
		cfg.Models = append(cfg.Models, matterporttest.Model{ID: fmt.Sprintf("Model%06d", i), Name: fmt.Sprint("Space ", i)})
	}
	s := matterporttest.New(cfg)
	var seen []string
	var offset any
	for page := range 3 {
		a := run(t, s, operation(t, "models"), map[string]any{"query": "*", "pageSize": 10, "offset": offset})
		if a.field("models")["totalResults"] != 25.0 {
			t.Fatalf("page %d: %d %s", page, a.Code, a.Body)
		}
		seen = append(seen, a.ids()...)
		offset = a.field("models")["nextOffset"]
		if (offset == nil) != (page == 2) {
			t.Errorf("page %d: nextOffset = %v", page, offset)
		}
	}
	var want []string
	for _, m := range cfg.Models {
		want = append(want, m.ID)
	}
	if diff := cmp.Diff(want, seen); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestModelsArguments(t *testing.T) {
	const results = ` { totalResults results { id } } }`
	many := matterporttest.Config{}
	for i := range 12 {
		many.Models = append(many.Models, matterporttest.Model{ID: fmt.Sprintf("Model%06d", i)})
	}
	if a := run(t, matterporttest.New(many), `{ models`+results, nil); len(a.ids()) != 10 {
		t.Errorf("without arguments %d results; want 10", len(a.ids()))
	}

	s := matterporttest.New(account())
	for query, want := range map[string][]string{
		`{ models`:                                                       {office, terrace, lobby},
		`{ models(query: "*")`:                                           {office, terrace, lobby},
		`{ models(query: "OFFICE")`:                                      {office},
		`{ models(query: "iGyo")`:                                        {office},
		`{ models(query: "nowhere")`:                                     {},
		`{ models(include: [inactive])`:                                  {office, terrace, closed, lobby},
		`{ models(include: inactive, query: "wing")`:                     {closed},
		`{ models(sortBy: [{field: name}])`:                              {office, lobby, terrace},
		`{ models(sortBy: {field: name, order: desc})`:                   {terrace, lobby, office},
		`{ models(sortBy: [{field: created_time, order: asc}])`:          {lobby, terrace, office},
		`{ models(sortBy: [{field: created_time, order: desc}])`:         {office, terrace, lobby},
		`{ models(pageSize: 1)`:                                          {office},
		`query ($o: String, $p: Int) { models(offset: $o, pageSize: $p)`: {office, terrace, lobby},
	} {
		if diff := cmp.Diff(want, run(t, s, query+results, nil).ids()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", query, diff)
		}
	}
	const sorted = `query ($by: [ModelSort!]) { models(sortBy: $by)` + results
	byName := map[string]any{"field": "name", "order": "desc"}
	for _, by := range []any{byName, []any{byName}} {
		if diff := cmp.Diff([]string{terrace, lobby, office}, run(t, s, sorted, map[string]any{"by": by}).ids()); diff != "" {
			t.Errorf("sortBy %v (-want +got):\n%s", by, diff)
		}
	}
	for _, variables := range []map[string]any{
		{"pageSize": 0},
		{"pageSize": 1001},
		{"pageSize": -1},
		{"pageSize": 10, "offset": "10"},
		{"pageSize": 10, "offset": ""},
		{"pageSize": 10, "offset": "YWZ0ZXIgLTE"},
	} {
		variables["query"] = "*"
		a := run(t, s, operation(t, "models"), variables)
		if a.Code != http.StatusOK || !cmp.Equal(a.codes(), []string{"request.invalid"}) {
			t.Errorf("%v: answer = %d %s", variables, a.Code, a.Body)
		}
	}
}

func TestModelsComeAndGo(t *testing.T) {
	s := matterporttest.New(account())
	s.AddModel(matterporttest.Model{ID: "NewModel001", Name: "New"})
	s.AddModel(matterporttest.Model{ID: office, Name: "Renamed", Visibility: "password"})
	s.RemoveModel(terrace)
	s.RemoveModel("never there")
	a := run(t, s, operation(t, "models"), map[string]any{"query": "*", "pageSize": 10})
	if diff := cmp.Diff([]string{"NewModel001", office, lobby}, a.ids()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	a = run(t, s, operation(t, "model"), map[string]any{"id": office})
	if m := a.field("model"); m["name"] != "Renamed" || m["accessVisibility"] != "password" {
		t.Errorf("model = %v", m)
	}
}

func TestZeroConfigIsAWorkingAccount(t *testing.T) {
	models := matterporttest.DefaultModels()
	if len(models) < 4 {
		t.Errorf("%d default models", len(models))
	}
	s := matterporttest.New(matterporttest.Config{})
	for _, m := range models {
		if len(m.ID) != 11 || m.Name == "" {
			t.Errorf("model %+v", m)
		}
		mint(t, s, m.ID, "24h")
	}
	empty := matterporttest.New(matterporttest.Config{Models: []matterporttest.Model{}})
	if a := run(t, empty, `{ models { totalResults results { id } } }`, nil); a.field("models")["totalResults"] != 0.0 {
		t.Errorf("an account without models: %s", a.Body)
	}
}
