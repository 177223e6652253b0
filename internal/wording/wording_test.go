package wording_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-pme/pme/internal/wording"
)

type words struct {
	Find  string
	Other map[string]string
}

func TestTextsOfTheHostComeFirst(t *testing.T) {
	base := words{Find: "Search", Other: map[string]string{"play": "Open", "again": "Again"}}
	got := wording.Over(base, words{Other: map[string]string{"play": "Start"}})
	want := words{Find: "Search", Other: map[string]string{"play": "Start", "again": "Again"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if base.Other["play"] != "Open" {
		t.Error("the base was changed")
	}
	if diff := cmp.Diff(words{Find: "Find", Other: map[string]string{}}, wording.Over(words{}, words{Find: "Find"})); diff != "" {
		t.Errorf("over nothing (-want +got):\n%s", diff)
	}
}

func TestBrowsersChooseAmongTheLanguages(t *testing.T) {
	choice := wording.NewChoice([]string{"en-GB", "de", "ar", "pt-BR", "zh-Hans"})
	for accepted, want := range map[string]int{
		"":                                  0,
		"de-AT,de;q=0.9,en;q=0.8":           1,
		"en-US,en;q=0.9,de;q=0.8":           0,
		"ar-EG":                             2,
		"fr-CH, fr;q=0.9, de;q=0.5, *;q=.1": 1,
		"fr":                                0,
		"pt-PT":                             3,
		"zh-CN":                             4,
		"*":                                 0,
		"de;q=0":                            0,
		"not a language":                    0,
		";;;,,,\x00":                        0,
		strings.Repeat("de,", 10_000):       0,
	} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Header.Set("Accept-Language", accepted)
		if got := choice.Of(r); got != want {
			t.Errorf("%.60q chooses %d, want %d", accepted, got, want)
		}
	}
}

func TestOneLanguageIsNoChoice(t *testing.T) {
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.Header.Set("Accept-Language", "de")
	if got := wording.NewChoice([]string{"en"}).Of(r); got != 0 {
		t.Errorf("%d, want 0", got)
	}
}

func TestSomeLanguagesAreWrittenFromRightToLeft(t *testing.T) {
	for lang, want := range map[string]bool{"ar": true, "ar-EG": true, "he": true, "fa": true, "ur": true, "de": false, "en": false, "": false, "??": false, "az-Arab": true, "az": false} {
		if got := wording.IsRightToLeft(lang); got != want {
			t.Errorf("%q: %v, want %v", lang, got, want)
		}
	}
}

func FuzzChoice(f *testing.F) {
	choice := wording.NewChoice([]string{"en", "de", "ar"})
	f.Add("de-AT,de;q=0.9")
	f.Fuzz(func(t *testing.T, accepted string) {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Header["Accept-Language"] = []string{accepted}
		if got := choice.Of(r); got < 0 || got > 2 {
			t.Fatalf("%q chooses %d", accepted, got)
		}
	})
}
