package matterport

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// granted is a successful answer of the token endpoint (RFC 6749 §5.1).
type granted struct {
	answer  *answer
	began   began
	access  string
	refresh string        // empty when there is none
	life    time.Duration // of the access token; zero when the server did not say
	scopes  []Scope       // nil when the server did not say
}

// secretFields are those parts of a request to the token endpoint that no error may repeat.
var secretFields = []string{"client_secret", "code", "code_verifier", "refresh_token"}

// grantWith asks the token endpoint once. The client's credentials go in the body, as Matterport wants
// them (docs/matterport.md §1, §5).
//
// The form is sent without the help of x/oauth2, whose refresh cannot carry Matterport's expires_in,
// and whose errors hold the body of the answer.
func (u *upstream) grantWith(ctx context.Context, op string, form url.Values, secret string) (*granted, *Error) {
	form.Set("client_id", u.id)
	form.Set("client_secret", secret)
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, u.base+oauthPath, strings.NewReader(form.Encode()))
	if err != nil {
		return nil, invalid(op, "the request cannot be built; check BaseURL")
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Accept", "application/json")

	a, e := u.exchange(op, req, maxBody)
	if e != nil {
		return nil, e
	}
	fields := lenient[map[string]json.RawMessage](a.body)
	secrets := []string{lenient[string](fields["access_token"]), lenient[string](fields["refresh_token"])}
	for _, name := range secretFields {
		secrets = append(secrets, form.Get(name))
	}
	_, documented, e := judge(op, a, secrets)
	if documented {
		u.learn(ctx, op, a)
	}
	if e != nil {
		return nil, e
	}
	g, problem := readGrant(fields)
	if problem != "" {
		return nil, a.incomplete(op, problem)
	}
	g.answer, g.began = a, u.learn(ctx, op, a)
	return g, nil
}

// readGrant takes an answer in. Whatever its content type says, only JSON will do.
func readGrant(fields map[string]json.RawMessage) (*granted, string) {
	g := &granted{
		access:  lenient[string](fields["access_token"]),
		refresh: lenient[string](fields["refresh_token"]),
		scopes:  readScopes(fields["scope"]),
	}
	life, readable := lifetime(fields["expires_in"])
	g.life = life
	switch {
	case !wellFormedToken(g.access) || !readable:
		return nil, "the answer has no usable access_token or expires_in"
	case present(fields["token_type"]) && !strings.EqualFold(lenient[string](fields["token_type"]), "Bearer"):
		return nil, "the token is not of type Bearer"
	case unusableRefreshToken(fields["refresh_token"]):
		return nil, "the answer has a refresh_token that cannot be used"
	}
	return g, ""
}

// unusableRefreshToken reports whether there is something in the place of a refresh token that is none
// (RFC 6749, A.17). To pass it over would be to lose the account when the old one ends.
func unusableRefreshToken(raw json.RawMessage) bool {
	var token string
	return present(raw) && (json.Unmarshal(raw, &token) != nil || !visible(token))
}

// lifetime reads expires_in, which some servers write as a text. It is zero when absent or not
// positive, and a day at most; readable is false for what is no number.
func lifetime(raw json.RawMessage) (life time.Duration, readable bool) {
	const most = 24 * time.Hour
	if !present(raw) {
		return 0, true
	}
	number := lenient[json.Number](raw)
	if number == "" {
		return 0, false
	}
	seconds, _ := number.Float64() // infinite when it is beyond all bounds
	return time.Duration(min(max(0, seconds), most.Seconds())) * time.Second, true
}

// wellFormedToken reports whether a token can stand in an Authorization header: visible ASCII only.
func wellFormedToken(token string) bool {
	return token != "" && !strings.Contains(token, " ") && visible(token)
}

// visible reports whether a text has printable ASCII characters only: RFC 6749's *VSCHAR.
func visible(text string) bool {
	for i := range len(text) {
		if text[i] < ' ' || text[i] > '~' {
			return false
		}
	}
	return true
}

// opAppToken is [Error.Op] for the application token.
const opAppToken = "applicationToken"

// fetchAppToken asks for an application token once with each client secret that it shows (RFC 6749 §4.4).
func (c *Client) fetchAppToken(ctx context.Context) (*appToken, *Error) {
	start := c.api.clock.now()
	g, e := c.api.grant(ctx, opAppToken, url.Values{"grant_type": {"client_credentials"}})
	if e != nil {
		return nil, credentialsRefused(e)
	}
	return &appToken{value: g.access, from: start, life: g.life}, nil
}

// credentialsRefused puts right what an error of the token endpoint says of a refusal: no access token
// was refused there, but what the client has shown instead of one.
func credentialsRefused(e *Error) *Error {
	if errors.Is(e, ErrUnauthorized) {
		e.Err = ErrUnauthorized
		e.Message = strings.TrimSuffix("check the client ID and the client secret, and that the application is enabled: "+e.Message, ": ")
	}
	return e
}
