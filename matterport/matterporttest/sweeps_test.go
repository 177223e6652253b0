package matterporttest_test

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/go-pme/pme/matterport/matterporttest"
)

var sweepsInPage = regexp.MustCompile(`data-sweeps="([^"]*)"`)

func sweeps(t *testing.T, model string) []string {
	t.Helper()
	m := sweepsInPage.FindStringSubmatch(get(matterporttest.New(account()), "/show?m="+model).Body.String())
	if m == nil {
		t.Fatal("the page has no sweeps")
	}
	return strings.Fields(m[1])
}

func TestShowPageHasSweeps(t *testing.T) {
	got := sweeps(t, office)
	id := regexp.MustCompile(`^[a-z0-9]{25}$`)
	for _, sweep := range got {
		if !id.MatchString(sweep) {
			t.Errorf("sweep = %q", sweep)
		}
	}
	if len(got) != 6 || !slices.Equal(got, sweeps(t, office)) {
		t.Errorf("sweeps = %q; want the same six every time", got)
	}
	all := append(got, sweeps(t, terrace)...)
	slices.Sort(all)
	if len(slices.Compact(all)) != 12 {
		t.Error("two models share a sweep")
	}
}

func TestShowPageDeclaresTheLanguageOfItsAddress(t *testing.T) {
	s := matterporttest.New(account())
	for lang, want := range map[string]string{"": "en", "de": "de", "pt-BR": "pt-BR", `de"x`: "en", "english": "en"} {
		page := get(s, "/show?m="+office+"&lang="+strings.ReplaceAll(lang, `"`, "%22")).Body.String()
		if !strings.Contains(page, `<html lang="`+want+`">`) || !strings.Contains(page, `data-lang="`+want+`"`) {
			t.Errorf("lang=%s: the page is not in %s", lang, want)
		}
	}
}

func TestShowPageCanBeWalkedByKeyboard(t *testing.T) {
	s := matterporttest.New(account())
	page := get(s, "/show?m="+office+"&ss=2&sr=-.05,1.2").Body.String()
	for _, want := range []string{
		`src="show/walk.js"`, `id="stage" tabindex="0"`, `aria-label="Walk forward"`, `aria-label="Walk back"`,
		`aria-label="Turn left"`, `aria-label="Turn right"`, `id="where" role="status"`,
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	if a := get(s, "/show/walk.js"); a.Code != http.StatusOK || a.Header().Get("Content-Type") != "text/javascript; charset=utf-8" {
		t.Errorf("walk.js = %d %s", a.Code, a.Header().Get("Content-Type"))
	}
}
