package matterport_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-pme/pme/matterport"
)

const listAnswer = `{"data":{"models":{"nextOffset":"20","totalResults":42,"results":[
	{"id":"SxQL3iGyoDo","name":"Hall <1>","accessVisibility":"private","image":{"resizeUrl":"https://cdn.example.com/a.jpg?t=1"}},
	null,
	{"id":"abcDEF12345","name":null,"accessVisibility":"PUBLIC","image":null},
	{"id":"abcDEF67890","name":"Shed","accessVisibility":"new","image":{"resizeUrl":"javascript:alert(1)"}}
]}}`

func wantPage() *matterport.ModelPage {
	return &matterport.ModelPage{
		Models: []matterport.Model{
			{ID: "SxQL3iGyoDo", Name: "Hall <1>", ThumbnailURL: "https://cdn.example.com/a.jpg?t=1", Visibility: matterport.VisibilityPrivate},
			{ID: "abcDEF12345", Visibility: matterport.VisibilityPublic},
			{ID: "abcDEF67890", Name: "Shed", Visibility: "new"},
		},
		NextOffset: "20",
		Total:      42,
	}
}

func TestModelsAreListedByPage(t *testing.T) {
	for name, tc := range map[string]struct {
		query matterport.ModelQuery
		want  map[string]any
	}{
		"all":  {matterport.ModelQuery{}, map[string]any{"query": "*", "pageSize": 10.0}},
		"some": {matterport.ModelQuery{Query: `name:"a"`, PageSize: 1000, Offset: "20"}, map[string]any{"query": `name:"a"`, "pageSize": 1000.0, "offset": "20"}},
	} {
		t.Run(name, func(t *testing.T) {
			u := &upstream{graph: func(int, asked) reply { return reply{body: listAnswer + "}"} }}
			page, err := newClient(t, u).Models(t.Context(), tc.query)
			if diff := cmp.Diff(wantPage(), page); diff != "" || err != nil {
				t.Errorf("%v, page (-want +got):\n%s", err, diff)
			}
			if diff := cmp.Diff(tc.want, u.graphs[0].graph.Variables); diff != "" {
				t.Errorf("variables (-want +got):\n%s", diff)
			}
		})
	}
}

func TestModelWithoutAPictureDoesNotCostTheList(t *testing.T) {
	u := &upstream{graph: func(int, asked) reply {
		return reply{body: listAnswer + `,"errors":[{"message":"x","path":["models","results",1,"image"],"extensions":{"code":"model.inactive"}}]}`}
	}}
	page, err := newClient(t, u).Models(t.Context(), matterport.ModelQuery{})
	if diff := cmp.Diff(wantPage(), page); diff != "" || err != nil {
		t.Errorf("%v, page (-want +got):\n%s", err, diff)
	}
}

func TestErrorAtTheRootCostsTheList(t *testing.T) {
	for name, failure := range map[string]reply{
		"at the root":      {body: listAnswer + `,"errors":[{"path":["models"],"extensions":{"code":"not.found"}}]}`},
		"anywhere":         {body: listAnswer + `,"errors":[{"extensions":{"code":"not.found"}}]}`},
		"one of them":      {body: listAnswer + `,"errors":[{"path":["models","results"]},{"extensions":{"code":"not.found"}}]}`},
		"with no data":     {body: `{"data":{"models":null},"errors":[{"path":["models","results"],"extensions":{"code":"not.found"}}]}`},
		"with real status": {status: 404, body: listAnswer + `,"errors":[{"path":["models","results"],"extensions":{"code":"not.found"}}]}`},
	} {
		t.Run(name, func(t *testing.T) {
			u := &upstream{graph: func(int, asked) reply { return failure }}
			page, err := newClient(t, u).Models(t.Context(), matterport.ModelQuery{})
			if page != nil || !errors.Is(err, matterport.ErrNotFound) {
				t.Errorf("got %v, %v", page, err)
			}
		})
	}
}

func TestLongPageFitsWhereOtherAnswersDoNot(t *testing.T) {
	entry := fmt.Sprintf(`{"id":%q,"name":%q},`, modelID, strings.Repeat("n", 4000))
	long := `{"data":{"models":{"totalResults":1000,"results":[` + strings.Repeat(entry, 1000) + `null]}}}`
	u := &upstream{graph: func(int, asked) reply { return reply{body: long} }}
	page, err := newClient(t, u).Models(t.Context(), matterport.ModelQuery{PageSize: 1000})
	if err != nil || len(page.Models) != 1000 {
		t.Errorf("%d bytes: %v", len(long), err)
	}

	u.graph = func(int, asked) reply { return reply{body: long + strings.Repeat(" ", 5<<20)} }
	if _, err := newClient(t, u).Models(t.Context(), matterport.ModelQuery{}); !errors.Is(err, matterport.ErrMalformed) {
		t.Errorf("more than 8 MiB: %v", err)
	}
}

func TestHalfAListIsMalformed(t *testing.T) {
	for name, result := range map[string]string{
		"no list":      `{"totalResults":3}`,
		"null list":    `{"totalResults":3,"results":null}`,
		"no total":     `{"results":[]}`,
		"nothing":      `{}`,
		"no ID":        `{"totalResults":1,"results":[{"name":"x"}]}`,
		"list of text": `{"totalResults":1,"results":["x"]}`,
		"odd offset":   `{"totalResults":1,"nextOffset":[],"results":[]}`,
		"a list":       `[]`,
	} {
		u := &upstream{graph: func(int, asked) reply { return reply{body: `{"data":{"models":` + result + `}}`} }}
		if page, err := newClient(t, u).Models(t.Context(), matterport.ModelQuery{}); page != nil || !errors.Is(err, matterport.ErrMalformed) {
			t.Errorf("%s: %v, %v", name, page, err)
		}
	}
}

func TestEntryThatCannotBeReadCostsOnlyItself(t *testing.T) {
	good := `{"id":"` + modelID + `","name":"Hall","accessVisibility":"private","image":{"resizeUrl":"https://cdn.example.com/a.jpg"}}`
	hall := matterport.Model{ID: modelID, Name: "Hall", Visibility: matterport.VisibilityPrivate, ThumbnailURL: "https://cdn.example.com/a.jpg"}
	bare := matterport.Model{ID: "AnotherOne1"}
	for entry, want := range map[string][]matterport.Model{
		`{"name":"no ID"}`:                     {hall},
		`{"id":7,"name":"ID that is no text"}`: {hall},
		`{"id":null}`:                          {hall},
		`"text"`:                               {hall},
		`7`:                                    {hall},
		`[]`:                                   {hall},
		`null`:                                 {hall},
		`{"id":"AnotherOne1","name":7}`:        {hall, bare},
		`{"id":"AnotherOne1","image":"a picture"}`:                                     {hall, bare},
		`{"id":"AnotherOne1","image":{"resizeUrl":["https://cdn.example.com/a.jpg"]}}`: {hall, bare},
		`{"id":"AnotherOne1","accessVisibility":{}}`:                                   {hall, bare},
		`{"id":"AnotherOne1","new":[{}]}`:                                              {hall, bare},
	} {
		u := &upstream{graph: func(int, asked) reply {
			return reply{body: `{"data":{"models":{"totalResults":2,"results":[` + good + `,` + entry + `]}}}`}
		}}
		page, err := newClient(t, u).Models(t.Context(), matterport.ModelQuery{})
		if err != nil {
			t.Errorf("%s: %v", entry, err)
			continue
		}
		if diff := cmp.Diff(want, page.Models); diff != "" {
			t.Errorf("%s (-want +got):\n%s", entry, diff)
		}
	}
}

func TestEmptyAccountHasAnEmptyPage(t *testing.T) {
	u := &upstream{graph: func(int, asked) reply {
		return reply{body: `{"data":{"models":{"totalResults":0,"nextOffset":null,"results":null}}}`}
	}}
	page, err := newClient(t, u).Models(t.Context(), matterport.ModelQuery{})
	if diff := cmp.Diff(&matterport.ModelPage{}, page); diff != "" || err != nil {
		t.Errorf("%v, page (-want +got):\n%s", err, diff)
	}
}

func TestModelIsTheOneThatWasAskedFor(t *testing.T) {
	answer := `{"data":{"model":{"id":"SxQL3iGyoDo","name":"Hall","accessVisibility":"unlisted","image":{"resizeUrl":"https://cdn.example.com/a.jpg"}}}}`
	u := &upstream{graph: func(int, asked) reply { return reply{body: answer} }}
	client := newClient(t, u)
	got, err := client.Model(t.Context(), modelID)
	want := &matterport.Model{ID: modelID, Name: "Hall", ThumbnailURL: "https://cdn.example.com/a.jpg", Visibility: matterport.VisibilityUnlisted}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v, model (-want +got):\n%s", err, diff)
	}
	if got, err := client.Model(t.Context(), "sxql3igyodo"); got != nil || !errors.Is(err, matterport.ErrMalformed) {
		t.Errorf("another model: %v, %v", got, err)
	}
}
