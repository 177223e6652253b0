package matterport_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-pme/pme/matterport"
)

// What no error and no log record may contain.
const (
	clientSecret = "hush-client/secret+4711"
	appBearer    = "hush-application-token-0815"
	embedBearer  = "hush-embed-token-2342"
)

const modelID = "SxQL3iGyoDo"

// reply is what the fake upstream does with one request.
type reply struct {
	status int    // default 200
	kind   string // content type, default application/json
	body   string
	header http.Header
	delay  time.Duration
	fails  error // instead of an answer
	cut    bool  // the body breaks off at its end
	panics any
}

// asked is a request as it arrived.
type asked struct {
	at     time.Time
	bearer string
	form   url.Values // token endpoint
	graph  graphBody  // Model API
}

type graphBody struct {
	Query, OperationName string
	Variables            map[string]any
}

// upstream is a fake Matterport on the other side of an http.RoundTripper: no socket, so that it works
// in a synctest bubble. n counts the requests to each endpoint from 1.
type upstream struct {
	token func(n int) reply
	graph func(n int, a asked) reply
	clock func() time.Time // for Date; nil: no Date

	mu     sync.Mutex
	tokens []asked
	graphs []asked
}

func (u *upstream) RoundTrip(req *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return nil, err
	}
	a := asked{at: time.Now(), bearer: strings.TrimPrefix(req.Header.Get("Authorization"), "Bearer ")}
	var r reply
	u.mu.Lock()
	if strings.HasSuffix(req.URL.Path, "/api/oauth/token") {
		a.form, err = url.ParseQuery(string(body))
		u.tokens = append(u.tokens, a)
		n := len(u.tokens)
		u.mu.Unlock()
		r = newToken(n)
		if u.token != nil {
			r = u.token(n)
		}
	} else {
		err = json.Unmarshal(body, &a.graph)
		u.graphs = append(u.graphs, a)
		n := len(u.graphs)
		u.mu.Unlock()
		r = linkReply(time.Now().Add(10 * time.Minute))
		if u.graph != nil {
			r = u.graph(n, a)
		}
	}
	if err != nil {
		return nil, err
	}
	if r.panics != nil {
		panic(r.panics)
	}
	if r.delay > 0 {
		select {
		case <-time.After(r.delay):
		case <-req.Context().Done():
			return nil, req.Context().Err()
		}
	}
	if r.fails != nil {
		return nil, r.fails
	}
	return u.response(req, r), nil
}

func (u *upstream) response(req *http.Request, r reply) *http.Response {
	header := http.Header{"Content-Type": {"application/json"}}
	if r.kind != "" {
		header.Set("Content-Type", r.kind)
	}
	if u.clock != nil {
		header.Set("Date", u.clock().UTC().Format(http.TimeFormat))
	}
	for key, values := range r.header {
		header[key] = values
	}
	if r.status == 0 {
		r.status = http.StatusOK
	}
	var body io.Reader = strings.NewReader(r.body)
	if r.cut {
		body = io.MultiReader(body, brokenReader{})
	}
	return &http.Response{StatusCode: r.status, Header: header, Body: io.NopCloser(body), Request: req}
}

func (u *upstream) counts() (tokens, graphs int) {
	u.mu.Lock()
	defer u.mu.Unlock()
	return len(u.tokens), len(u.graphs)
}

type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// newToken is the token endpoint's good answer; the n-th token ends in "-n".
func newToken(n int) reply {
	return reply{body: fmt.Sprintf(`{"access_token":"%s-%d","token_type":"Bearer","expires_in":3599,"scope":"ViewPublic ViewDetails"}`, appBearer, n)}
}

func tokenOfLife(n int, seconds string) reply {
	return reply{body: fmt.Sprintf(`{"access_token":"%s-%d","token_type":"bearer","expires_in":%s}`, appBearer, n, seconds)}
}

func linkReply(until time.Time) reply {
	return reply{body: fmt.Sprintf(
		`{"data":{"createPrivateModelEmbedLink":{"accessToken":"%s","application":"showcase","link":"https://my.matterport.com/show?m=%s&auth=Bearer+%s","validUntil":"%s"}}}`,
		embedBearer, modelID, embedBearer, until.UTC().Format(time.RFC3339))}
}

func graphFailure(code string) reply {
	return reply{body: fmt.Sprintf(`{"errors":[{"message":"no","extensions":{"code":%q}}],"data":null}`, code)}
}

// newClient is a client of u; adjust may change its configuration.
func newClient(t testing.TB, u *upstream, adjust ...func(*matterport.Config)) *matterport.Client {
	t.Helper()
	cfg := matterport.Config{
		ClientID:     "client-id",
		ClientSecret: clientSecret,
		HTTPClient:   &http.Client{Transport: u},
	}
	for _, change := range adjust {
		change(&cfg)
	}
	client, err := matterport.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	return client
}

// clocked is what knows the server's time.
type clocked interface{ ServerTime() (time.Time, bool) }

// serverTime returns the server's time, known or not.
func serverTime(c clocked) time.Time {
	now, _ := c.ServerTime()
	return now
}

// failure returns err as the *Error that every failed call must yield.
func failure(t testing.TB, err error) *matterport.Error {
	t.Helper()
	var e *matterport.Error
	if !errors.As(err, &e) {
		t.Fatalf("error is %T (%v); want *matterport.Error", err, err)
	}
	return e
}
