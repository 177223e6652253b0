package answer_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/go-pme/pme/internal/answer"
)

var (
	errGone = errors.New("gone")
	errBusy = errors.New("busy")
)

var table = answer.Table{
	{Err: errGone, Refusal: answer.Refusal{Status: http.StatusNotFound, Code: "gone", Text: "It is gone."}},
	{Err: errBusy, Refusal: answer.Refusal{Status: http.StatusServiceUnavailable, Code: "busy", Text: "Later.", Retry: 5 * time.Second}},
}

func TestTableFindsTheRefusal(t *testing.T) {
	for what, tc := range map[string]struct {
		err   error
		after time.Duration
		code  string
		retry string
	}{
		"known":                         {fmt.Errorf("x: %w", errGone), 0, "gone", ""},
		"temporary":                     {errBusy, 0, "busy", "5"},
		"unknown":                       {errors.New("secret"), 0, "busy", "5"},
		"with a time of its own":        {fmt.Errorf("x: %w", errBusy), 1500 * time.Millisecond, "busy", "2"},
		"final, with a time of its own": {errGone, time.Minute, "gone", ""},
	} {
		w := httptest.NewRecorder()
		out := table.For(tc.err, tc.after)
		out.Write(w)
		if out.Code != tc.code || w.Code != out.Status || w.Header().Get("Retry-After") != tc.retry {
			t.Errorf("%s: %+v, Retry-After %q", what, out, w.Header().Get("Retry-After"))
		}
	}
}
