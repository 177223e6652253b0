package whoami_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/internal/gatetest"
	"github.com/go-pme/pme/internal/logtest"
	"github.com/go-pme/pme/middleware"
	"github.com/go-pme/pme/middleware/whoami"
)

func TestAnswerBecomesTheUser(t *testing.T) {
	began := time.Date(2026, 1, 31, 8, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		name, body string
		want       identity.User
	}{
		{"least", `{"id":"42"}`, identity.User{ID: "42", Session: "hash"}},
		{
			"everything", ` {"id":"42","email":"a@example.com","email_verified":true,"groups":["staff","Büro 1"],"name":"Alice  Döe","session":"s1",
				"signed_in_at":1769846400,"authenticated_at":"2026-01-31T09:00:00+01:00"}` + "\n",
			identity.User{
				ID: "42", Email: "a@example.com", EmailVerified: true, Groups: []string{"staff", "Büro 1"}, Name: "Alice  Döe", Session: "s1",
				SignedInAt: began, AuthenticatedAt: began,
			},
		},
		{"address that is not verified", `{"id":"42","email":"a@example.com"}`, identity.User{ID: "42", Email: "a@example.com", Session: "hash"}},
		{"address that is two", `{"id":"42","email":"a@b@example.com","email_verified":true}`, identity.User{ID: "42", Session: "hash"}},
		{"address that is endless", `{"id":"42","email":"` + strings.Repeat("a", 300) + `@example.com"}`, identity.User{ID: "42", Session: "hash"}},
		{"verified nothing", `{"id":"42","email_verified":true}`, identity.User{ID: "42", Session: "hash"}},
		{
			"null", `{"id":"42","email":null,"email_verified":null,"groups":null,"name":null,"session":null,"signed_in_at":null,"authenticated_at":null}`,
			identity.User{ID: "42", Session: "hash"},
		},
		{"name with controls", `{"id":"42","name":"a\u202eb\n"}`, identity.User{ID: "42", Name: "ab", Session: "hash"}},
		{"others", `{"id":"42","ID":"1","Groups":["admin"],"x":{"id":"1","id":"2"},"roles":[[[]]]}`, identity.User{ID: "42", Session: "hash"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := *gatetest.User(t, always(answer{body: tt.body}).gate(t), with("secret"))
			if tt.want.Session == "hash" {
				if len(got.Session) != 43 || strings.Contains(got.Session, "secret") {
					t.Errorf("session %q, want a hash", got.Session)
				}
				got.Session = "hash"
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("user (-want +got):\n%s", diff)
			}
		})
	}
}

func TestSessionDiffersWithTheCredentialAndNotBetweenReplicas(t *testing.T) {
	h := saying()
	both := func(c *whoami.Config) { c.Cookies, c.Headers = []string{"sid", "a", "b", "X-Key"}, []string{"X-Key"} }
	session := func(r *http.Request) string { return gatetest.User(t, h.gate(t, both), r).Session }
	seen := map[string]string{session(with("alice")): "sid=alice"}
	if _, same := seen[session(with("alice"))]; !same {
		t.Error("another gate names the session otherwise")
	}
	for _, cookies := range []string{"sid=bob", "sid=alice; a=b", "sid=alice; a=bb", "sid=alice; b=b", "a=b; sid=alice", "sid=alice; a=b=b", "sid=alic; a=eab"} {
		s := session(request(cookies))
		if other, is := seen[s]; is {
			t.Errorf("%q and %q are one session", cookies, other)
		}
		seen[s] = cookies
	}
	cookie, header := with("alice"), with("alice")
	cookie.AddCookie(&http.Cookie{Name: "X-Key", Value: "b"})
	header.Header.Set("X-Key", "X-Key=b")
	if session(cookie) == session(header) {
		t.Error("a header is the same as a cookie")
	}
}

func TestStatusesOfNobody(t *testing.T) {
	for _, status := range []int{http.StatusUnauthorized, http.StatusForbidden, http.StatusNoContent} {
		var log logtest.Buffer
		h := always(answer{status: status, body: `{"id":"42"}`})
		g := h.gate(t, logged(&log), func(c *whoami.Config) { c.LoginURL = "/login" })
		wantRejected(t, g, with("x"), http.StatusUnauthorized, "login_required")
		if w, _ := visit(g, navigation(with("x"))); w.Code != http.StatusFound {
			t.Errorf("%d: status %d for a page, want 302", status, w.Code)
		}
		if !strings.Contains(log.String(), fmt.Sprint("the host answers ", status)) {
			t.Errorf("%d: the log does not tell: %s", status, &log)
		}
	}
}

func TestRequestWithoutACredentialAsksNothing(t *testing.T) {
	h := saying()
	g := h.gate(t, func(c *whoami.Config) { c.Headers = []string{"Authorization"} })
	for _, r := range []*http.Request{request(), request(""), request("other=1"), request("sid="), request("SID=alice"), request("sid"), request("xsid=alice; sid2=alice"), request("; ;;=;")} {
		wantUnauthenticated(t, g, r)
	}
	r := request()
	r.Header.Set("Authorization", "")
	wantUnauthenticated(t, g, r)
	wantQuestions(t, h, 0)
}

// The host is a real one here, so that what net/http adds is seen too.
func TestQuestionHasTheNamedCookiesAndHeadersOnly(t *testing.T) {
	var got *http.Request
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = r
		w.Header().Set("Content-Type", "application/json; charset=UTF-8")
		http.SetCookie(w, &http.Cookie{Name: "sid", Value: "new"})
		_, _ = w.Write([]byte(`{"id":"alice"}`))
	}))
	defer server.Close()
	g, err := whoami.New(whoami.Config{
		URL: server.URL + "/api/whoami?full=1", Host: "intranet.example.com", Cookies: []string{"sid", "sid.1"}, Headers: []string{"authorization"},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = g.Close() }()
	r := httptest.NewRequest(http.MethodPost, "/pme/revoke?x=y", strings.NewReader("body"))
	r.Header = http.Header{
		"Cookie": {`a=1; sid="v,é; sid.1=w=x`, "csrf=2;sid=2"}, "Authorization": {"Bearer t"}, "X-Forwarded-User": {"root"}, "Content-Type": {"text/plain"},
		"Accept-Language": {"de"}, "User-Agent": {"browser"}, "Origin": {"https://evil.example"}, "X-Forwarded-For": {"1.2.3.4"},
	}
	w, user := visit(g, r)
	if user != "alice" || w.Header().Get("Set-Cookie") != "" {
		t.Fatalf("user %q, status %d, header %v", user, w.Code, w.Header())
	}
	want := http.Header{
		"Cookie": {`sid="v,é; sid.1=w=x; sid=2`}, "Authorization": {"Bearer t"}, "Accept": {"application/json"}, "User-Agent": {"pme"},
	}
	if diff := cmp.Diff(want, got.Header); diff != "" {
		t.Errorf("headers (-want +got):\n%s", diff)
	}
	if got.Method != http.MethodGet || got.Host != "intranet.example.com" || got.RequestURI != "/api/whoami?full=1" || got.ContentLength != 0 {
		t.Errorf("asked %s %s of %s with %d bytes", got.Method, got.RequestURI, got.Host, got.ContentLength)
	}
}

func TestEverythingElseIsAnError(t *testing.T) {
	const okay = `{"id":"42"}`
	for name, tt := range map[string]struct {
		a   answer
		say string
	}{
		"redirect":     {answer{status: 302, location: "https://evil.example/login?token=hush"}, "redirect 302"},
		"304":          {answer{status: 304}, "redirect 304"},
		"201":          {answer{status: 201, body: okay}, "status is 201"},
		"206":          {answer{status: 206, body: okay}, "status is 206"},
		"400":          {answer{status: 400, body: okay}, "status is 400"},
		"404":          {answer{status: 404, body: okay}, "status is 404"},
		"429":          {answer{status: 429, body: okay}, "status is 429"},
		"500":          {answer{status: 500, body: okay}, "status is 500"},
		"no network":   {answer{err: errors.New("connection refused")}, "connection refused"},
		"long":         {answer{body: `{"id":"42","x":"` + strings.Repeat("hush", 16<<10) + `"}`}, "longer than 64 KiB"},
		"HTML":         {answer{contentType: "text/html", body: okay}, "Content-Type"},
		"problem":      {answer{contentType: "application/problem+json", body: okay}, "Content-Type"},
		"no type":      {answer{contentType: ";", body: okay}, "Content-Type"},
		"charset":      {answer{contentType: "application/json; charset=latin1", body: okay}, "charset"},
		"empty":        {answer{}, "not JSON"},
		"more":         {answer{body: okay + okay}, "not JSON"},
		"cut off":      {answer{body: `{"id":"hush`}, "not JSON"},
		"deep":         {answer{body: `{"id":"42","x":` + strings.Repeat("[", 12_000) + strings.Repeat("]", 12_000) + "}"}, "nested too deeply"},
		"BOM":          {answer{body: "\ufeff" + okay}, "byte order mark"},
		"UTF-16":       {answer{body: "{\x00\"\x00i\x00d\x00"}, "not JSON"},
		"Latin-1":      {answer{body: "{\"id\":\"h\xfcsh\"}"}, "not UTF-8"},
		"array":        {answer{body: `["hush"]`}, "not an object"},
		"null":         {answer{body: `null`}, "not an object"},
		"text":         {answer{body: `"hush"`}, "not an object"},
		"no id":        {answer{body: `{"name":"hush"}`}, "id is missing"},
		"empty id":     {answer{body: `{"id":""}`}, "id is missing"},
		"null id":      {answer{body: `{"id":null}`}, "id is missing"},
		"number id":    {answer{body: `{"id":42}`}, "id is a number, and must be a text"},
		"object id":    {answer{body: `{"id":{"hush":1}}`}, "id is an object"},
		"twice":        {answer{body: `{"id":"hush","id":"bob"}`}, `\"id\" is there twice`},
		"twice hidden": {answer{body: `{"id":"hush","\u0069d":"bob"}`}, `\"id\" is there twice`},
		"other twice":  {answer{body: `{"id":"hush","x":1,"x":2}`}, `\"x\" is there twice`},
		"long id":      {answer{body: `{"id":"` + strings.Repeat("hush", 64) + `"}`}, "id is longer than 255 bytes"},
		"control":      {answer{body: `{"id":"hush\u0000"}`}, "id has a NUL"},
		"line break":   {answer{body: `{"id":"hush\n"}`}, "id has a line break"},
		"bidi":         {answer{body: `{"id":"hu\u202esh"}`}, "id has an invisible character"},
		"space":        {answer{body: `{"id":"hush "}`}, "id has a space (U+0020) at its end"},
		"surrogate":    {answer{body: `{"id":"hush\ud800"}`}, "id has U+FFFD"},
		"email type":   {answer{body: `{"id":"42","email":["hush"]}`}, "email is an array, and must be a text"},
		"verified":     {answer{body: `{"id":"42","email":"hush@example.com","email_verified":"true"}`}, "email_verified is a text, and must be true or false"},
		"verified 1":   {answer{body: `{"id":"42","email_verified":1}`}, "email_verified is a number"},
		"groups text":  {answer{body: `{"id":"42","groups":"hush"}`}, "groups is a text, and must be an array of texts"},
		"groups map":   {answer{body: `{"id":"42","groups":{"0":"hush"}}`}, "groups is an object"},
		"groups mixed": {answer{body: `{"id":"42","groups":["hush",1]}`}, "groups[1] is a number"},
		"groups null":  {answer{body: `{"id":"42","groups":[null]}`}, "groups[0] is null"},
		"groups many":  {answer{body: `{"id":"42","groups":[` + strings.Repeat(`"hush",`, 2000) + `"a"]}`}, "more than 2000"},
		"group long":   {answer{body: `{"id":"42","groups":["` + strings.Repeat("hush", 300) + `"]}`}, "groups[0] is longer than 1024"},
		"group hidden": {answer{body: `{"id":"42","groups":["hush\u200b"]}`}, "groups[0]: U+200B is invisible"},
		"name type":    {answer{body: `{"id":"42","name":true}`}, "name is true or false, and must be a text"},
		"session":      {answer{body: `{"id":"42","session":"a\u0007"}`}, "session has a control character"},
		"cookie":       {answer{body: `{"id":"42","session":"cookie-value"}`}, "session is what the browser proves its session with"},
		"time text":    {answer{body: `{"id":"42","signed_in_at":"hush"}`}, "signed_in_at must be a number of seconds"},
		"milliseconds": {answer{body: `{"id":"42","authenticated_at":1769846400000}`}, "are they milliseconds?"},
		"negative":     {answer{body: `{"id":"42","authenticated_at":-5}`}, "authenticated_at is no number of seconds"},
		"future":       {answer{body: `{"id":"42","authenticated_at":"2999-01-01T00:00:00Z"}`}, "authenticated_at is in the future"},
	} {
		t.Run(name, func(t *testing.T) {
			var log logtest.Buffer
			g := always(tt.a).gate(t, logged(&log), func(c *whoami.Config) { c.LoginURL = "/login" })
			for _, r := range []*http.Request{with("cookie-value"), navigation(with("cookie-value"))} {
				wantDoubt(t, g, r)
			}
			if !strings.Contains(log.String(), tt.say) || !strings.Contains(log.String(), `"WARN"`) {
				t.Errorf("the log does not say %q: %s", tt.say, &log)
			}
			if strings.Contains(log.String(), "hush") || strings.Contains(log.String(), "cookie-value") {
				t.Errorf("the log has a value: %s", &log)
			}
			if err := degraded(t, g); err == nil {
				t.Error("health is well")
			}
		})
	}
}

func degraded(tb testing.TB, g *middleware.Gate) error {
	tb.Helper()
	parts := g.HealthParts()
	if len(parts) != 1 || parts[0].Name != "host" {
		tb.Fatalf("parts %v, want host", parts)
	}
	return parts[0].Check(tb.Context())
}

func TestHealthIsThatOfTheLastAnswer(t *testing.T) {
	h := saying()
	g := h.gate(t, quiet)
	if err := degraded(t, g); err != nil {
		t.Errorf("%v before the first question", err)
	}
	says := h.says
	for _, step := range []struct {
		a    answer
		want string
	}{
		{answer{err: errors.New("down")}, "the application does not answer who is signed in"},
		{answer{status: 500}, "the application's answer to who is signed in cannot be used"},
	} {
		h.set(func(*http.Request) answer { return step.a })
		wantDoubt(t, g, with("alice"))
		if err := degraded(t, g); err == nil || err.Error() != step.want {
			t.Errorf("%v, want %s", err, step.want)
		}
	}
	h.set(says)
	wantUnauthenticated(t, g, with("nobody")) // is an answer, too
	if err := degraded(t, g); err != nil {
		t.Errorf("%v after a good answer", err)
	}
}

func TestHostThatDoesNotAnswerIsAnErrorAfterTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log logtest.Buffer
		g := always(answer{delay: time.Hour}).gate(t, logged(&log))
		began := time.Now()
		wantDoubt(t, g, with("alice"))
		if took := time.Since(began); took != 2*time.Second {
			t.Errorf("took %v, want 2s", took)
		}
		if !strings.Contains(log.String(), "no complete answer within 2s") || degraded(t, g) == nil {
			t.Errorf("health %v, log %s", degraded(t, g), &log)
		}
	})
}

func TestErrorsOfAGateInACHainEndTheSearch(t *testing.T) {
	second, err := middleware.New(middleware.Func(func(*http.Request) (identity.User, error) { return identity.User{ID: "guest"}, nil }), middleware.Config{})
	if err != nil {
		t.Fatal(err)
	}
	h := saying()
	g, err := middleware.First(h.gate(t, quiet), second)
	if err != nil {
		t.Fatal(err)
	}
	wantSignedIn(t, g, request(), "guest")
	wantSignedIn(t, g, with("nobody"), "guest")
	wantSignedIn(t, g, with("alice"), "alice")
	h.set(func(*http.Request) answer { return answer{status: 500} })
	wantDoubt(t, g, with("bob"))
}
