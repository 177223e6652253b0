package matterporttest_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-pme/pme/matterport"
	"github.com/go-pme/pme/matterport/matterporttest"
)

func filed(t *testing.T, change func(*matterporttest.Config)) *matterport.Client {
	t.Helper()
	cfg := matterporttest.Config{Models: []matterporttest.Model{
		{ID: "SxQL3iGyoDo", InternalID: "A-17", Folder: "Plant 3/Hall 2", Address: matterporttest.Address{City: "Bern", CountryCode: "CH"}},
		{ID: "yyHDFKzPzvN", Folder: "Plant 3"},
		{ID: "Hk7Wq2mBn4T", InternalID: "A-170"},
		{ID: "pV9sLc3XeRd", Folder: "Attic", Inactive: true},
	}}
	if change != nil {
		change(&cfg)
	}
	up := matterporttest.NewServer(t, cfg)
	client, err := matterport.New(matterport.Config{
		ClientID: matterporttest.DefaultClientID, ClientSecret: matterporttest.DefaultClientSecret, BaseURL: up.URL, MaxAttempts: 1,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	return client
}

func TestSpacesHaveFoldersNumbersAndAddresses(t *testing.T) {
	client := filed(t, nil)
	folders, err := client.Folders(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	paths := make(map[string][]string)
	var names [][]string
	for _, f := range folders {
		paths[f.ID] = f.Path
		names = append(names, f.Path)
	}
	if diff := cmp.Diff([][]string{nil, {"Attic"}, {"Plant 3"}, {"Plant 3", "Hall 2"}}, names); diff != "" {
		t.Errorf("folders (-want +got):\n%s", diff)
	}
	page, err := client.Places(t.Context(), matterport.PlaceQuery{Folders: true})
	if err != nil || len(page.Places) != 3 || page.Total != 3 {
		t.Fatalf("%+v, %v", page, err)
	}
	office := page.Places[0]
	if office.InternalID != "A-17" || office.Address != (matterport.PlaceAddress{Locality: "Bern", CountryCode: "CH"}) || len(office.Folders) != 3 {
		t.Errorf("%+v", office)
	}
	if diff := cmp.Diff([]string{"Plant 3", "Hall 2"}, paths[office.Folders[0]]); diff != "" {
		t.Errorf("its folder (-want +got):\n%s", diff)
	}
}

func TestFoldersAreRefusedWhereTheRightIsMissing(t *testing.T) {
	client := filed(t, func(cfg *matterporttest.Config) { cfg.RefuseFolders = true })
	if _, err := client.Folders(t.Context(), ""); !errors.Is(err, matterport.ErrUnauthorized) {
		t.Errorf("Folders: %v", err)
	}
	if _, err := client.Places(t.Context(), matterport.PlaceQuery{Folders: true}); !errors.Is(err, matterport.ErrUnauthorized) {
		t.Errorf("Places with folders: %v", err)
	}
	if page, err := client.Places(t.Context(), matterport.PlaceQuery{}); err != nil || len(page.Places) != 3 {
		t.Errorf("Places: %v, %v", page, err)
	}
}

// A search finds parts of a field in any letter case, as a search engine does.
func TestFieldsAreSearched(t *testing.T) {
	client := filed(t, nil)
	for query, want := range map[string]int{
		`internalId:A-17`:   2,
		`internalId:"a-17"`: 2,
		`address.locality:"Bern" AND address.countryCode:CH`: 1,
		`address.locality:"Bern" AND address.countryCode:DE`: 0,
		`unknown:"Bern"`: 0,
	} {
		page, err := client.Models(t.Context(), matterport.ModelQuery{Query: query})
		if err != nil || len(page.Models) != want {
			t.Errorf("%s: %d models, want %d, %v", query, len(page.Models), want, err)
		}
	}
}
