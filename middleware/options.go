package middleware

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"time"
)

// Option changes how a gate behaves. Options are applied in order; of two that say the same, the
// later one counts.
type Option func(*options)

// options is what the host chose; problems is what is wrong with it.
type options struct {
	login       *url.URL
	returnParam string
	logger      *slog.Logger
	now         func() time.Time // nil: the wall clock
	remember    time.Duration
	problems    []error
}

func collect(opts []Option) *options {
	o := &options{
		login:       &url.URL{Path: "/login"},
		returnParam: "next",
		logger:      slog.New(slog.DiscardHandler),
		remember:    time.Minute,
	}
	for _, opt := range opts {
		opt(o)
	}
	return o
}

func (o *options) reject(err error) { o.problems = append(o.problems, err) }

// newGate finishes a gate. It panics on what only the programmer can put right, as there is no
// request yet that could be answered with an error; kind is the constructor's name.
func newGate(kind string, who recogniser, o *options) *Gate {
	if err := errors.Join(o.problems...); err != nil {
		panic(fmt.Errorf("middleware: %s cannot be built: %w", kind, err))
	}
	return &Gate{who: who, refusal: newRefusal(o)}
}

// LoginAt sets the address of the host's login page, to which people who are not signed in are sent:
// a local path, or an absolute https URL without user information. It may have a query; the return
// path is added to it. The default is "/login".
//
// The page must not be behind the gate itself. A login page on another host is given a path only and
// has to know which host to send people back to.
func LoginAt(path string) Option {
	return func(o *options) {
		u, err := url.Parse(path)
		switch {
		case err != nil:
			// The parser's message would repeat the address; an address may carry a password.
			o.reject(errors.New("LoginAt: the address is not a URL"))
		case SafeReturnPath(path):
			o.login = u
		case u.Scheme == "https" && u.Hostname() != "" && u.User == nil && u.Opaque == "":
			o.login = u
		default:
			o.reject(errors.New("LoginAt: the address must be a local path (/login) or an absolute https URL"))
		}
	}
}

// ReturnParam sets the name of the query parameter in which the login page is told where the person
// was going. The default is "next", also for an empty name.
func ReturnParam(name string) Option {
	return func(o *options) { o.returnParam = cmp.Or(name, "next") }
}

// Logger sets where refusals are logged: one record each, at debug level for nobody and at warn level
// for doubt, without cookies, queries or anything else that could be a credential; the text of an
// error that the host's own user function or store returned is in the record of a doubt. A request that
// is let through leaves no record. nil, the default, discards them.
func Logger(l *slog.Logger) Option {
	return func(o *options) {
		o.logger = cmp.Or(l, slog.New(slog.DiscardHandler))
	}
}

// Now sets the clock by which [Remember] is measured; nil, the default, is time.Now. A cookie's own
// expiry is always judged by time.Now, as securecookie does.
func Now(now func() time.Time) Option {
	return func(o *options) { o.now = now }
}

// Remember sets how long a recognised cookie is remembered at most, before it is decoded and the
// host's user function is asked again; see [Session] for what else ends it. The default is one
// minute; 0 or less remembers nothing.
func Remember(d time.Duration) Option {
	return func(o *options) { o.remember = d }
}
