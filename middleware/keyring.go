package middleware

import (
	"encoding/base64"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/gorilla/securecookie"
	"github.com/gorilla/sessions"
)

// keyring is a snapshot of the keys and ages by which a cookie store accepts cookies. It is never changed.
type keyring struct {
	codecs    []agedCodec
	optionAge int   // the store's Options.MaxAge
	maxAge    int64 // the lowest of all maximum ages, in seconds; 0 is none
}

type agedCodec struct {
	codec  *securecookie.SecureCookie
	maxAge int64
}

// newKeyring returns nil if it cannot be told when the store's cookies expire.
func newKeyring(store *sessions.CookieStore) *keyring {
	if store.Options == nil {
		return nil
	}
	k := &keyring{optionAge: store.Options.MaxAge}
	if k.optionAge > 0 { // otherwise it is not an age but the life of a browser window, or an order to delete
		k.limit(int64(k.optionAge))
	}
	for _, codec := range store.Codecs {
		sc, ok := codec.(*securecookie.SecureCookie)
		if !ok || sc == nil {
			return nil
		}
		age, ok := secureCookieAge.of(sc)
		if !ok {
			return nil
		}
		k.codecs = append(k.codecs, agedCodec{sc, age})
		k.limit(age)
	}
	return k
}

// limit lowers the maximum age to age, unless that is 0 for none. Any codec may have been the one that
// accepted a cookie, so the strictest counts.
func (k *keyring) limit(age int64) {
	if age != 0 && (k.maxAge == 0 || age < k.maxAge) {
		k.maxAge = age
	}
}

// stillOf reports whether the store has the same codecs and maximum ages as when k was made.
func (k *keyring) stillOf(store *sessions.CookieStore) bool {
	if len(k.codecs) != len(store.Codecs) || store.Options == nil || store.Options.MaxAge != k.optionAge {
		return false
	}
	for i, was := range k.codecs {
		is, _ := store.Codecs[i].(*securecookie.SecureCookie)
		if is != was.codec {
			return false
		}
		if age, _ := secureCookieAge.of(is); age != was.maxAge {
			return false
		}
	}
	return true
}

// accepts reports whether a cookie that was signed at that Unix time has not expired. It is the very
// comparison of securecookie, in whole seconds.
func (k *keyring) accepts(signed int64, wall time.Time) bool {
	return k.maxAge == 0 || signed >= wall.Unix()-k.maxAge
}

// secureCookieAge reads the maximum age of a SecureCookie, which has no method for it.
var secureCookieAge = findAge(reflect.TypeFor[securecookie.SecureCookie]())

// ageField is the place of a struct's maximum age; nil if it was not found.
type ageField []int

func findAge(t reflect.Type) ageField {
	field, ok := t.FieldByName("maxAge")
	if !ok || field.Type.Kind() != reflect.Int64 {
		return nil
	}
	return field.Index
}

// of returns false if another version of securecookie keeps the maximum age elsewhere.
func (f ageField) of(sc *securecookie.SecureCookie) (seconds int64, ok bool) {
	if f == nil {
		return 0, false
	}
	return reflect.ValueOf(sc).Elem().FieldByIndex(f).Int(), true
}

// signedAt returns the Unix time at which securecookie signed a cookie that has been verified already:
// the first part of "date|value|mac", in base64.
func signedAt(cookie string) (int64, bool) {
	decoded, err := base64.URLEncoding.DecodeString(cookie)
	if err != nil {
		return 0, false
	}
	date, _, _ := strings.Cut(string(decoded), "|")
	seconds, err := strconv.ParseInt(date, 10, 64)
	return seconds, err == nil
}
