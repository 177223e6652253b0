package handler_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"html"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/go-pme/pme"
	"github.com/go-pme/pme/access"
	"github.com/go-pme/pme/catalog"
	"github.com/go-pme/pme/handler"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/matterport"
	"github.com/go-pme/pme/matterport/matterporttest"
	"github.com/go-pme/pme/pages"
)

// estate is an account with so many models, whose names and thumbnails are as long as those of real ones can be.
type estate int

func (e estate) Models(_ context.Context, q matterport.ModelQuery) (*matterport.ModelPage, error) {
	from, to, next := cutOut(q.Offset, q.PageSize, int(e))
	page := &matterport.ModelPage{Total: int(e), NextOffset: next}
	for n := from; n < to; n++ {
		page.Models = append(page.Models, matterport.Model{
			ID: modelNumber(n), Name: fmt.Sprintf("Betriebsstätte %d – Halle %d, الطابق %d", n/40, n%40, n%7),
			ThumbnailURL: "https://cdn-2.matterport.com/models/" + strings.Repeat("a", 60) + "/thumb.jpg?t=2-" + strings.Repeat("b", 400) + "&width=512&n=" + strconv.Itoa(n),
		})
	}
	return page, nil
}

func (e estate) Places(_ context.Context, q matterport.PlaceQuery) (*matterport.PlacePage, error) {
	from, to, next := cutOut(q.Offset, q.PageSize, int(e))
	page := &matterport.PlacePage{Total: int(e), NextOffset: next}
	for n := from; n < to; n++ {
		page.Places = append(page.Places, matterport.Place{
			ID: modelNumber(n), InternalID: fmt.Sprintf("A-%d", int(e)-n), Folders: []string{strconv.Itoa(n % 90)},
			Address: matterport.PlaceAddress{Locality: "Landshut", CountryName: "Germany"},
		})
	}
	return page, nil
}

func (estate) Folders(context.Context, string) ([]matterport.Folder, error) {
	folders := []matterport.Folder{{ID: "top"}}
	for n := range 90 {
		folders = append(folders, matterport.Folder{ID: strconv.Itoa(n), Parent: "top", Path: []string{fmt.Sprintf("Abteilung %d", n)}})
	}
	return folders, nil
}

// shelf is a gallery of an estate for a person who may see all of it, and the endpoint for what is adjacent.
type shelf struct {
	gallery  *handler.Gallery
	adjacent http.Handler
}

func newShelf(t *testing.T, spaces int, places bool) *shelf {
	t.Helper()
	policy, err := access.List{{Users: []string{"alice"}, Models: []string{"*"}}}.Policy()
	if err != nil {
		t.Fatal(err)
	}
	cfg := catalog.Config{Matterport: estate(spaces), Policy: policy, Keep: time.Hour, Logger: slog.New(slog.DiscardHandler)}
	if places {
		cfg.Places = estate(spaces)
	}
	c, err := catalog.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	p, err := pages.New(pages.Config{})
	if err != nil {
		t.Fatal(err)
	}
	return &shelf{gallery: handler.NewGallery(c, p), adjacent: handler.Adjacent(c)}
}

func shelved(t *testing.T, h http.Handler, query string) *httptest.ResponseRecorder {
	t.Helper()
	w := httptest.NewRecorder()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/?"+query, nil)
	h.ServeHTTP(w, r.WithContext(identity.NewContext(r.Context(), &identity.User{ID: "alice"})))
	return w
}

var (
	tile     = regexp.MustCompile(`href="view/(\w+)"`)
	nextPage = regexp.MustCompile(`class="pme-next" rel="next" href="([^"]*)"`)
	told     = regexp.MustCompile(`role="status">([^<]*)<`)
)

func tiles(body string) (ids []string) {
	for _, m := range tile.FindAllStringSubmatch(body, -1) {
		ids = append(ids, m[1])
	}
	return ids
}

// TestPagesOfALargeGalleryAreLight follows the links from the first page to the last one.
func TestPagesOfALargeGalleryAreLight(t *testing.T) {
	const spaces, most = 5000, 100_000
	s := newShelf(t, spaces, true)
	for _, query := range []string{"", "group=folder", "group=name&sort=-name", "sort=number"} {
		seen, heaviest, zipped := make(map[string]bool), 0, 0
		pages := 0
		for at := query; ; pages++ {
			body := shelved(t, s.gallery, at).Body
			heaviest, zipped = max(heaviest, body.Len()), max(zipped, compressed(t, body.Bytes()))
			for _, id := range tiles(body.String()) {
				seen[id] = true
			}
			next := nextPage.FindStringSubmatch(body.String())
			if next == nil {
				break
			}
			at = strings.TrimPrefix(html.UnescapeString(next[1]), "?")
		}
		t.Logf("gallery of %d spaces, %q: %d pages, the heaviest has %d bytes, %d compressed", spaces, query, pages+1, heaviest, zipped)
		if len(seen) != spaces || heaviest > most {
			t.Errorf("%q: %d spaces, %d bytes", query, len(seen), heaviest)
		}
	}
}

func compressed(t *testing.T, text []byte) int {
	t.Helper()
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	if _, err := w.Write(text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Len()
}

func TestGallerySaysHowManySpacesThereAre(t *testing.T) {
	s := newShelf(t, 130, false)
	for query, want := range map[string]string{
		"":                          "Spaces 1 to 60 of 130",
		"page=3":                    "Spaces 121 to 130 of 130",
		"page=-7":                   "Spaces 1 to 60 of 130",
		"page=99999999999999999999": "Spaces 121 to 130 of 130",
		"page=1000000":              "Spaces 121 to 130 of 130",
		"page=x&sort=y&group=z":     "Spaces 1 to 60 of 130",
		"q=Halle+39":                "Spaces: 3",
		"q=nothing":                 "Spaces: 0",
		"at=" + modelNumber(129):    "Spaces 121 to 130 of 130",
		"at=none&page=2":            "Spaces 1 to 60 of 130",
		"q=%ff%00&page=2":           "Spaces: 0",
	} {
		body := shelved(t, s.gallery, query).Body.String()
		if got := told.FindStringSubmatch(body); got == nil || got[1] != want {
			t.Errorf("%q: %q, want %q", query, got, want)
		}
	}
}

func TestAdjacentSpacesAreThoseOfTheGallery(t *testing.T) {
	s := newShelf(t, 130, false)
	for _, query := range []string{"", "sort=-name", "group=name", "q=halle+1"} {
		var all []string
		for page := 1; page <= 3; page++ {
			for _, id := range tiles(shelved(t, s.gallery, query+"&page="+strconv.Itoa(page)).Body.String()) {
				if !slices.Contains(all, id) {
					all = append(all, id)
				}
			}
		}
		var walked []string
		for at := all[0]; at != ""; {
			walked = append(walked, at)
			var got struct {
				Place, Total   int
				Previous, Next *struct{ ID, Name string }
			}
			w := shelved(t, s.adjacent, query+"&modelId="+at)
			if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || got.Place != len(walked) || got.Total != len(all) || (got.Previous == nil) != (len(walked) == 1) {
				t.Fatalf("%q, %s: %s", query, at, w.Body)
			}
			at = ""
			if got.Next != nil {
				at = got.Next.ID
			}
		}
		if diff := cmp.Diff(all, walked); diff != "" {
			t.Errorf("%q (-gallery +walked):\n%s", query, diff)
		}
	}
}

func TestAdjacentRefusesWhatNamesNoSpace(t *testing.T) {
	p := newPortal(t, nil)
	for query, want := range map[string]int{"": 400, "?modelId=a&modelId=b": 400, "?modelId=%zz": 400, "?modelId=" + showroom: 200} {
		a := p.get(t, "alice", "adjacent"+query)
		if a.Code != want || a.Code == 200 && !strings.HasPrefix(a.Body.String(), `{"place":0,"total":2,"previous":null,"next":null}`) {
			t.Errorf("%q: %d %s", query, a.Code, a.Body)
		}
	}
	if a := p.get(t, "", "adjacent?modelId="+office); a.Code != http.StatusUnauthorized {
		t.Errorf("without a user: %d", a.Code)
	}
}

func TestOnlySpaceIsOpened(t *testing.T) {
	p := newPortal(t, nil)
	browser := []string{"Accept", "text/html", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "document"}
	only := newShelf(t, 1, false)
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
	r.Header.Set("Accept", "text/html")
	w := httptest.NewRecorder()
	only.gallery.ServeHTTP(w, r.WithContext(identity.NewContext(r.Context(), &identity.User{ID: "alice"})))
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "view/"+modelNumber(0) {
		t.Errorf("%d %v", w.Code, w.Header())
	}
	if w := shelved(t, only.gallery, ""); w.Code != http.StatusOK {
		t.Errorf("a script: %d", w.Code)
	}
	for _, query := range []string{"at=" + modelNumber(0), "q="} { // the way back
		r.URL.RawQuery = query
		w := httptest.NewRecorder()
		only.gallery.ServeHTTP(w, r.WithContext(identity.NewContext(r.Context(), &identity.User{ID: "alice"})))
		if w.Code != http.StatusOK || len(tiles(w.Body.String())) != 1 {
			t.Errorf("%s: %d", query, w.Code)
		}
	}
	if a := p.get(t, "alice", "", browser...); a.Code != http.StatusOK {
		t.Errorf("with two spaces: %d", a.Code)
	}
}

// TestOneOfSeveralIsNotTheOnlySpace lists one space while Matterport does not say which others there are.
func TestOneOfSeveralIsNotTheOnlySpace(t *testing.T) {
	p := newPortal(t, func(c *pme.Config) {
		c.Access = access.List{{Users: []string{"alice"}, Models: []string{office, "*"}}}
	})
	p.matterport.Fail("models", matterporttest.DropConnection(), -1)
	a := p.get(t, "alice", "", "Accept", "text/html")
	if a.Code != http.StatusOK || len(tiles(a.Body.String())) != 1 {
		t.Errorf("%d %s", a.Code, a.Body)
	}
}

func TestOnlyAPageWithAllSpacesHidesWhatDoesNotFit(t *testing.T) {
	for spaces, want := range map[int]bool{12: true, 60: true, 61: false} {
		if got := strings.Contains(shelved(t, newShelf(t, spaces, false).gallery, "").Body.String(), " data-whole"); got != want {
			t.Errorf("%d spaces: %v", spaces, got)
		}
	}
	if body := shelved(t, newShelf(t, 12, false).gallery, "q=halle").Body.String(); strings.Contains(body, " data-whole") {
		t.Error("a search has all spaces")
	}
}

func TestPagerLeadsToTheEndsAndAround(t *testing.T) {
	s := newShelf(t, 600, false)
	link := regexp.MustCompile(`<li>(?:<a href="([^"]*)" aria-label="Page (\d+)"( aria-current="page")?>\d+</a>|(…))</li>`)
	for page, want := range map[int]string{1: "[1] 2 3 … 10", 5: "1 … 3 4 [5] 6 7 … 10", 4: "1 2 3 [4] 5 6 … 10", 10: "1 … 8 9 [10]"} {
		var got []string
		for _, m := range link.FindAllStringSubmatch(shelved(t, s.gallery, "page="+strconv.Itoa(page)).Body.String(), -1) {
			switch {
			case m[4] != "":
				got = append(got, m[4])
			case m[3] != "":
				got = append(got, "["+m[2]+"]")
			default:
				got = append(got, m[2])
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("page %d: %q, want %s", page, got, want)
		}
	}
}

// TestGroupsAreListedWhereTheyBegin follows each link, unless there are too many to be read.
func TestGroupsAreListedWhereTheyBegin(t *testing.T) {
	s := newShelf(t, 600, true)
	group := regexp.MustCompile(`<li><a href="([^"#]*)#(pme-group-\d+)"><bdi>([^<]*)</bdi></a> \((\d+)\)`)
	links := group.FindAllStringSubmatch(shelved(t, s.gallery, "group=folder").Body.String(), -1)
	if len(links) != 90 {
		t.Fatalf("%d links to groups", len(links))
	}
	for _, m := range links {
		body := shelved(t, s.gallery, strings.TrimPrefix(html.UnescapeString(m[1]), "?")).Body.String()
		if want := `<h2 id="` + m[2] + `"><bdi>` + m[3] + `</bdi> <small>` + m[4] + `</small>`; !strings.Contains(body, want) {
			t.Fatalf("no %s at %s", want, m[1])
		}
	}
	if many := newShelf(t, 4100, false); group.MatchString(shelved(t, many.gallery, "group=name").Body.String()) {
		t.Error("more than a hundred groups are listed")
	}
}

func TestViewPassesASpotOn(t *testing.T) {
	p := newPortal(t, func(c *pme.Config) { c.Pages.SDKKey = "key" })
	for query, want := range map[string]string{
		"":                               "",
		"ss=5&sr=-.05,1.2&lang=de":       "lang=de&sr=-.05%2C1.2&ss=5",
		"start=5.1_x-y":                  "start=5.1_x-y",
		"auth=x&m=y&applicationKey=z":    "",
		"ss=%22%3E&sr=1;2&lang=":         "",
		"ss=" + strings.Repeat("1", 101): "",
	} {
		body := p.get(t, "alice", "view/"+office+"?"+query).Body.String()
		got := regexp.MustCompile(` params="([^"]*)"`).FindStringSubmatch(body)
		if want == "" && got != nil || want != "" && (got == nil || html.UnescapeString(got[1]) != want) {
			t.Errorf("%q: %q, want %q", query, got, want)
		}
		frame := regexp.MustCompile(`<iframe hidden src="([^"]*)"`).FindStringSubmatch(body)
		u, err := url.Parse(html.UnescapeString(frame[1]))
		if err != nil {
			t.Fatal(err)
		}
		params := u.Query()
		if params.Get("m") != office || params.Get("applicationKey") != "key" || params.Has("auth") {
			t.Errorf("%q: %v", query, u)
		}
		for _, name := range []string{"m", "applicationKey", "play"} {
			params.Del(name)
		}
		if params.Encode() != want {
			t.Errorf("%q: the frame has %q, want %q", query, params.Encode(), want)
		}
	}
}

func TestViewLeadsBackToItsPlace(t *testing.T) {
	p := newPortal(t, nil)
	for query, want := range map[string]string{
		"":                                  `href="../?at=` + office + `#pme-` + office + `"`,
		"q=head&sort=-name&group=name&ss=5": `href="../?at=` + office + `&amp;group=name&amp;q=head&amp;sort=-name#pme-` + office + `"`,
		"q=%22%3E%3Cscript%3E&sort=evil":    `href="../?at=` + office + `&amp;q=%22%3E%3Cscript%3E#pme-` + office + `"`,
	} {
		if body := p.get(t, "alice", "view/"+office+"?"+query).Body.String(); !strings.Contains(body, want) {
			t.Errorf("%q: no %s in %s", query, want, body)
		}
	}
}
