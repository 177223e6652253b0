package matterport

import (
	"cmp"
	"context"
	_ "embed" // for the operation's text
	"encoding/json"
	"fmt"
	"time"
)

var (
	//go:embed operations/places.graphql
	placesText string

	placeList = operation{name: "places", root: "models", text: placesText, limit: maxModelPage}
)

// Place is what the account calls one of its spaces, and where it is.
type Place struct {
	// ID is the model's ID.
	ID string

	// InternalID is the owner's own number of the space, or empty.
	InternalID string

	// Address is where the space is. Its fields are empty if they are not known.
	Address PlaceAddress

	// Folders are the IDs of the folders that the space is in. They are empty unless [PlaceQuery.Folders] asks for them.
	Folders []string
}

// PlaceAddress is an address as Matterport has it (docs/matterport.md §3).
type PlaceAddress struct {
	Locality           string `json:"locality"`
	AdministrativeArea string `json:"administrativeArea"`
	CountryName        string `json:"countryName"`
	CountryCode        string `json:"countryCode"`
	PostalCode         string `json:"postalCode"`
}

// PlaceQuery selects a page of places.
type PlaceQuery struct {
	// PageSize is how many places a page has at most, up to 1000. Zero: 1000.
	PageSize int

	// Offset is [PlacePage.NextOffset] of the page before. Empty: the first page.
	Offset string

	// Folders asks for the folders too, which may need rights that the credentials lack.
	Folders bool
}

// PlacePage is a part of the account's active models.
type PlacePage struct {
	Places     []Place
	NextOffset string // empty on the last page
	Total      int    // on all pages
}

// Places returns a page of the numbers, addresses and folders of the account's active models. Access rules depend on them, so an
// answer that has errors or lacks a field is an error as a whole. It does NOT check that the pages together are complete:
// compare their places with Total.
func (c *Client) Places(ctx context.Context, q PlaceQuery) (*PlacePage, error) {
	if q.PageSize < 0 || q.PageSize > maxPageSize {
		return nil, invalid(placeList.name, fmt.Sprintf("a page has 1 to %d places, not %d", maxPageSize, q.PageSize))
	}
	vars := variables{"pageSize": cmp.Or(q.PageSize, maxPageSize), "folders": q.Folders}
	if q.Offset != "" {
		vars["offset"] = q.Offset
	}
	var page *PlacePage
	err := c.call(ctx, placeList, vars, func(result json.RawMessage, _ time.Time) (problem string) {
		page, problem = readPlaces(result, q.Folders)
		return problem
	})
	if err != nil {
		return nil, err
	}
	return page, nil
}

type placeJSON struct {
	ID         string          `json:"id"`
	InternalID json.RawMessage `json:"internalId"`
	Address    json.RawMessage `json:"address"`
	Folders    []struct {
		ID string `json:"id"`
	} `json:"folders"`
}

func readPlaces(result json.RawMessage, folders bool) (*PlacePage, string) {
	var listed pageJSON
	if err := json.Unmarshal(result, &listed); err != nil {
		return nil, "the list of models is not in the documented form"
	}
	if listed.TotalResults == nil || (listed.Results == nil && *listed.TotalResults != 0) {
		return nil, "the answer has no list of models, or not their number"
	}
	page := &PlacePage{NextOffset: listed.NextOffset, Total: *listed.TotalResults}
	for _, entry := range listed.Results {
		place, problem := readPlace(entry, folders)
		if problem != "" {
			return nil, problem
		}
		page.Places = append(page.Places, place)
	}
	return page, ""
}

func readPlace(entry json.RawMessage, folders bool) (Place, string) {
	var read placeJSON
	if err := json.Unmarshal(entry, &read); err != nil || read.ID == "" {
		return Place{}, "a model in the list has no ID, or is not in the documented form"
	}
	place := Place{ID: read.ID}
	switch {
	case read.InternalID == nil || !readNumber(read.InternalID, &place.InternalID):
		return Place{}, "a model in the list has no internalId, not even null"
	case read.Address == nil || json.Unmarshal(read.Address, &place.Address) != nil:
		return Place{}, "a model in the list has no address, not even null"
	case folders && read.Folders == nil:
		return Place{}, "a model in the list has no folders"
	}
	for _, folder := range read.Folders {
		if folder.ID == "" {
			return Place{}, "a folder of a model has no ID"
		}
		place.Folders = append(place.Folders, folder.ID)
	}
	return place, ""
}

// readNumber reads a number that is text, or null. What its type is at Matterport is not documented, so a JSON number counts
// as it is written.
func readNumber(value json.RawMessage, into *string) bool {
	var number json.Number
	if json.Unmarshal(value, into) == nil {
		return true
	}
	if json.Unmarshal(value, &number) != nil {
		return false
	}
	*into = number.String()
	return true
}
