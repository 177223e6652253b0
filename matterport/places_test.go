package matterport_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-pme/pme/matterport"
)

const placesAnswer = `{"data":{"models":{"nextOffset":"o2","totalResults":3,"results":[
	{"id":"SxQL3iGyoDo","internalId":"A-17","address":{"locality":"Bern","countryCode":"CH","countryName":null},"folders":[{"id":"f1"},{"id":"f0"}]},
	{"id":"abcDEF12345","internalId":null,"address":null,"folders":[]}
]}}`

func TestPlacesAreListedByPage(t *testing.T) {
	u := &upstream{graph: func(int, asked) reply { return reply{body: placesAnswer + "}"} }}
	page, err := newClient(t, u).Places(t.Context(), matterport.PlaceQuery{Offset: "o1", Folders: true})
	want := &matterport.PlacePage{
		Places: []matterport.Place{
			{ID: "SxQL3iGyoDo", InternalID: "A-17", Address: matterport.PlaceAddress{Locality: "Bern", CountryCode: "CH"}, Folders: []string{"f1", "f0"}},
			{ID: "abcDEF12345"},
		},
		NextOffset: "o2", Total: 3,
	}
	if diff := cmp.Diff(want, page); diff != "" || err != nil {
		t.Errorf("%v, page (-want +got):\n%s", err, diff)
	}
	if diff := cmp.Diff(map[string]any{"pageSize": 1000.0, "offset": "o1", "folders": true}, u.graphs[0].graph.Variables); diff != "" {
		t.Errorf("variables (-want +got):\n%s", diff)
	}
}

// What is missing from an answer would withdraw access, or end an exception.
func TestIncompletePlacesAreNotTakenAsEmpty(t *testing.T) {
	for name, body := range map[string]string{
		"an error beside":   placesAnswer + `,"errors":[{"path":["models","results",1,"folders"],"extensions":{"code":"request.unauthorized"}}]}`,
		"no number":         strings.Replace(placesAnswer, `"internalId":null,`, "", 1) + "}",
		"a number as list":  strings.Replace(placesAnswer, `"A-17"`, "[17]", 1) + "}",
		"no address":        strings.Replace(placesAnswer, `"address":null,`, "", 1) + "}",
		"a flat address":    strings.Replace(placesAnswer, `"address":null`, `"address":"Bern"`, 1) + "}",
		"no folders":        strings.Replace(placesAnswer, `,"folders":[]`, "", 1) + "}",
		"folders of null":   strings.Replace(placesAnswer, `"folders":[]`, `"folders":null`, 1) + "}",
		"no ID of a folder": strings.Replace(placesAnswer, `{"id":"f1"}`, `{}`, 1) + "}",
		"a space of null":   strings.Replace(placesAnswer, `"results":[`, `"results":[null,`, 1) + "}",
		"no ID":             strings.Replace(placesAnswer, `"id":"abcDEF12345",`, "", 1) + "}",
		"no total":          strings.Replace(placesAnswer, `"totalResults":3,`, "", 1) + "}",
		"no results":        `{"data":{"models":{"totalResults":3,"results":null}}}`,
	} {
		u := &upstream{graph: func(int, asked) reply { return reply{body: body} }}
		if page, err := newClient(t, u).Places(t.Context(), matterport.PlaceQuery{Folders: true}); page != nil || err == nil {
			t.Errorf("%s: %v, %v", name, page, err)
		}
	}
}

// tree answers with folders of one name each, as deep as the query asks.
func tree(id string, levels int) string {
	if levels == 0 {
		return fmt.Sprintf(`{"id":%q,"name":%q}`, id, "n"+id)
	}
	return fmt.Sprintf(`{"id":%q,"name":%q,"subfolders":{"results":[%s]}}`, id, "n"+id, tree(id+"0", levels-1))
}

func TestFoldersBelowTheLevelsOfACallAreAskedFor(t *testing.T) {
	u := &upstream{graph: func(n int, a asked) reply {
		if n == 1 {
			return reply{body: `{"data":{"rootFolder":` + tree("r", 6) + `}}`}
		}
		id, _ := a.graph.Variables["id"].(string)
		return reply{body: fmt.Sprintf(`{"data":{"folder":{"id":%q,"subfolders":{"results":[]}}}}`, id)}
	}}
	folders, err := newClient(t, u).Folders(t.Context(), "acme")
	if err != nil || len(folders) != 7 || len(u.graphs) != 2 {
		t.Fatalf("%d folders in %d calls, %v", len(folders), len(u.graphs), err)
	}
	last := matterport.Folder{ID: "r000000", Parent: "r00000", Path: []string{"nr0", "nr00", "nr000", "nr0000", "nr00000", "nr000000"}}
	if diff := cmp.Diff(last, folders[6]); diff != "" || folders[0].Path != nil {
		t.Errorf("the last folder (-want +got):\n%s", diff)
	}
	if got := u.graphs[0].graph.Variables["organization"]; got != "acme" {
		t.Errorf("asked for the folders of %v", got)
	}
}

func TestTreeThatMakesNoSenseIsRefused(t *testing.T) {
	for name, body := range map[string]string{
		"no list":    `{"id":"r"}`,
		"no results": `{"id":"r","subfolders":{"results":null}}`,
		"no ID":      `{"subfolders":{"results":[]}}`,
		"no name":    `{"id":"r","subfolders":{"results":[{"id":"a","subfolders":{"results":[]}}]}}`,
		"null":       `{"id":"r","subfolders":{"results":[null]}}`,
		"a circle":   `{"id":"r","subfolders":{"results":[{"id":"r","name":"r","subfolders":{"results":[]}}]}}`,
		"cut off":    `{"id":"r","subfolders":{"results":[` + strings.TrimSuffix(strings.Repeat(`{},`, 1000), ",") + `]}}`,
		"for ever":   tree("r", 6),
	} {
		u := &upstream{graph: func(n int, a asked) reply {
			if n == 1 {
				return reply{body: `{"data":{"rootFolder":` + body + `}}`}
			}
			id, _ := a.graph.Variables["id"].(string)
			return reply{body: `{"data":{"folder":` + tree(id, 6) + `}}`}
		}}
		if folders, err := newClient(t, u).Folders(t.Context(), ""); folders != nil || !errors.Is(err, matterport.ErrMalformed) {
			t.Errorf("%s: %d folders, %v", name, len(folders), err)
		}
		if len(u.graphs) > 200 {
			t.Errorf("%s: %d calls", name, len(u.graphs))
		}
	}
}
