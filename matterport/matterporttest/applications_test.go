package matterporttest_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-pme/pme/matterport/matterporttest"
)

func TestOwnerSeesAndWithdrawsWhatWasAllowed(t *testing.T) {
	s := matterporttest.New(production())
	const path = "/account/" + gallery + "/applications"
	none := get(s, path)
	if !strings.Contains(none.Body.String(), "No application") || strings.Contains(none.Body.String(), "<button") {
		t.Errorf("before: %s", none.Body)
	}
	connected(t, s, gallery, "ViewDetails")
	a := connected(t, s, gallery, "DownloadAssets")
	page := get(s, path).Body.String()
	for _, want := range []string{"Riverside Gallery", "Demo Partner", "ViewDetails", "DownloadAssets", "Charged to this account", ">Withdraw</button>"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if strings.Contains(get(s, "/account/"+owner+"/applications").Body.String(), "Withdraw") {
		t.Error("another account's page shows the grant")
	}
	b := send(s, httptest.NewRequest(http.MethodPost, path, nil))
	if b.Code != http.StatusSeeOther || b.Header().Get("Location") != "applications" {
		t.Errorf("answer = %d, Location %q", b.Code, b.Header().Get("Location"))
	}
	refused(t, s, refresh(a.body.RefreshToken), 400, "invalid_grant")
	if diff := cmp.Diff(none.Body.String(), get(s, path).Body.String()); diff != "" {
		t.Errorf("after (-before +after):\n%s", diff)
	}
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		if a := send(s, httptest.NewRequest(method, "/account/nobody/applications", nil)); a.Code != http.StatusNotFound {
			t.Errorf("%s of no account: %d", method, a.Code)
		}
	}
}
