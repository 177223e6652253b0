package pages_test

import (
	"html/template"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/go-pme/pme/internal/answer"
	"github.com/go-pme/pme/pages"
)

// inLanguage is a request of a browser that prefers languages.
func inLanguage(accepted string) *http.Request {
	r := httptest.NewRequest(http.MethodGet, "/pme/", nil)
	r.Header.Set("Accept-Language", accepted)
	return r
}

// refusedIn is the page of a refusal for a browser that prefers languages.
func refusedIn(t *testing.T, p *pages.Pages, accepted string) *httptest.ResponseRecorder {
	t.Helper()
	w, r := httptest.NewRecorder(), inLanguage(accepted)
	p.Refuse(w, r, answer.Refusal{Status: http.StatusForbidden, Code: "access_denied", Text: "You do not have access to this space."}, p.Page(r, ""))
	return w
}

func TestPagesAreInTheLanguageOfTheBrowser(t *testing.T) {
	p := newPages(t, pages.Config{Languages: []pages.Strings{{Lang: "en"}, {Lang: "de-AT"}, {Lang: "ar"}, {Lang: "he", AllSpaces: "כל החללים"}}})
	for accepted, want := range map[string][]string{
		"de": {`<html lang="de-AT">`, " · Räume</title>", "Sie haben keinen Zugang zu diesem Raum.", "Alle Räume"},
		"ar": {`<html lang="ar" dir="rtl">`, " · المساحات</title>", "ليس لديك حق الوصول إلى هذه المساحة."},
		"he": {`<html lang="he" dir="rtl">`, "כל החללים", "You do not have access to this space."},
		"fr": {`<html lang="en">`, " · Spaces</title>", "You do not have access to this space.", "All spaces"},
	} {
		w := refusedIn(t, p, accepted)
		for _, want := range want {
			if !strings.Contains(w.Body.String(), want) {
				t.Errorf("%s: %q is not in %s", accepted, want, w.Body)
			}
		}
		if got := w.Header().Values("Vary"); len(got) != 1 || got[0] != "Accept-Language" || w.Header().Get("Content-Language") == "" {
			t.Errorf("%s: headers %v", accepted, w.Header())
		}
	}
}

func TestTitleOfTheHostIsInAllLanguages(t *testing.T) {
	p := newPages(t, pages.Config{Title: "Our house", Languages: []pages.Strings{{}, {Lang: "de", Errors: map[string]string{"access_denied": "Kein Zugang."}}}})
	body := refusedIn(t, p, "de").Body.String()
	if !strings.Contains(body, " · Our house</title>") || !strings.Contains(body, "Kein Zugang.") {
		t.Error(body)
	}
}

func TestScriptsReadTheLanguageOfTheBrowser(t *testing.T) {
	p := newPages(t, pages.Config{Languages: []pages.Strings{{}, {Lang: "de"}}})
	r := inLanguage("de")
	r.Header.Set("Accept", "application/json")
	r.Header.Set("Sec-Fetch-Mode", "cors")
	r.Header.Set("Sec-Fetch-Dest", "empty")
	w := httptest.NewRecorder()
	p.Refuse(w, r, answer.NoSpace, p.Page(r, ""))
	if !strings.Contains(w.Body.String(), "An dieser Adresse gibt es keinen Raum.") {
		t.Error(w.Body)
	}
}

func TestWrongLanguagesAreNamed(t *testing.T) {
	_, err := pages.New(pages.Config{
		HomeURL:   "javascript:alert(1)",
		Languages: []pages.Strings{{Lang: "en"}, {Lang: "EN"}, {Lang: "not a language"}, {Lang: "de", Dir: "down"}},
	})
	for _, want := range []string{"HomeURL", `Languages has "EN" twice`, `Lang is "not a language"`, `Dir of "de" is "down": want ltr or rtl`} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v does not say %s", err, want)
		}
	}
}

func TestEmptyTemplateOfTheHostTakesThePlaceOfAPart(t *testing.T) {
	for name, host := range map[string]*template.Template{"none": nil, "empty": template.Must(template.New("").Parse(`{{define "head"}} {{end}}`))} {
		body := refusedIn(t, newPages(t, pages.Config{Templates: host}), "en").Body.String()
		if got, want := strings.Contains(body, "<title>"), host == nil; got != want {
			t.Errorf("%s: a head is there: %v", name, got)
		}
	}
}
