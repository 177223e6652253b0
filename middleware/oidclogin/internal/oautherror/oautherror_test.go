package oautherror_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/oauth2"

	"github.com/go-pme/pme/middleware/oidclogin/internal/oautherror"
)

func TestKindIsThatOfTheCodeAndElseOfTheStatus(t *testing.T) {
	for _, tt := range []struct {
		status int
		code   string
		want   oautherror.Kind
	}{
		{400, "invalid_client", oautherror.Lasting},
		{500, "invalid_client", oautherror.Lasting},
		{400, "Invalid_Grant", oautherror.OfGrant},
		{400, "temporarily_unavailable", oautherror.Passing},
		{403, "access_denied", oautherror.OfUser},
		{429, "invalid_client", oautherror.Passing},
		{400, "unknown", oautherror.Lasting},
		{400, "", oautherror.Lasting},
		{408, "", oautherror.Passing},
		{425, "", oautherror.Passing},
		{302, "", oautherror.Passing},
		{500, "unknown", oautherror.Passing},
		{200, "unknown", oautherror.Passing},
	} {
		e := oautherror.OfTokenEndpoint(&oauth2.RetrieveError{Response: &http.Response{StatusCode: tt.status}, ErrorCode: tt.code})
		if e.Kind != tt.want || e.Status != tt.status {
			t.Errorf("%d %q: kind %d, want %d", tt.status, tt.code, e.Kind, tt.want)
		}
	}
}

// A secret may be a word of the code itself.
func TestScrubbingChangesNoKind(t *testing.T) {
	e := oautherror.InCallback(url.Values{"error": {"invalid_client"}, "error_description": {"client"}}, "client")
	if e.Kind != oautherror.Lasting || strings.Contains(e.Error(), "client") {
		t.Errorf("kind %d, %v", e.Kind, e)
	}
}

func TestCodeThatCannotBeOneIsNotRepeated(t *testing.T) {
	for _, code := range []string{"", "two words", "line\nbreak", "ümlaut", strings.Repeat("x", 65)} {
		e := oautherror.InCallback(url.Values{"error": {code}})
		if e.Code != "" || e.Kind != oautherror.OfUser || e.Error() != "without a usable error code" {
			t.Errorf("%q: %v", code, e)
		}
	}
}
