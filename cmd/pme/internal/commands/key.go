package commands

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"flag"
	"maps"
	"slices"
	"strings"

	"github.com/go-pme/pme/cmd/pme/internal/keyfile"
)

// kinds are what keys are for.
var kinds = map[string]string{
	"cookie":      "It seals the cookies of the OpenID login: login.oidc.cookie_keys_file, or OIDC_COOKIE_KEYS. A new one goes in front; remove the old one after login.oidc.lifetime.",
	"fleet":       "It seals what replicas share in Redis: fleet.keys_file, or PME_FLEET_KEY; the same on all replicas. To change it: add the new one as the second on all, then put it first on all, then remove the old one a session's lifetime later.",
	"connections": "It encrypts the tokens of connected accounts: connections.keys_file. A new one goes in front once every process has it as the second. If it is lost, people have to connect their accounts again.",
	"audit":       "It is for audit.chain_key_file, without which nobody can make a chain anew, or for audit.pseudonym_keys_file. Keep it: without the chain key the trail cannot be verified, and without the pseudonym key nobody is found in it.",
}

// made is the answer as JSON. It has the key only if it is in no file.
type made struct {
	Key  string `json:"key,omitempty"`
	Kind string `json:"kind,omitempty"`
	File string `json:"file,omitempty"`
	Keys int    `json:"keys,omitempty"` // in the file
	Note string `json:"note,omitempty"`
}

func keyCommand(_ context.Context, args []string, sys System) int {
	var kind, out, rotate string
	m := manual{
		name: "key", args: "new", min: 1, max: 1,
		about: "Makes a key of 32 random bytes, in base64. With -out or -rotate it is in a file that only this user can read, and is not printed.",
	}
	c, code, ok := sys.call(m, args, func(set *flag.FlagSet) {
		set.StringVar(&kind, "kind", "", "say where the key goes: `"+strings.Join(slices.Sorted(maps.Keys(kinds)), ", ")+"`")
		set.StringVar(&out, "out", "", "write a new `file`; one that exists is not changed")
		set.StringVar(&rotate, "rotate", "", "put the key in front of those in this `file`")
	})
	if !ok {
		return code
	}
	note, known := kinds[kind]
	switch {
	case c.args[0] != "new":
		sys.say("pme key: there is one thing to do: pme key new")
		return exitUsage
	case kind != "" && !known:
		sys.say("pme key new: -kind is one of %s", strings.Join(slices.Sorted(maps.Keys(kinds)), ", "))
		return exitUsage
	case out != "" && rotate != "":
		sys.say("pme key new: give -out or -rotate")
		return exitUsage
	}
	return c.makeKey(made{Kind: kind, Note: note}, out, rotate)
}

func (c *call) makeKey(m made, out, rotate string) int {
	random := make([]byte, 32)
	_, _ = rand.Read(random) // it never fails
	key := base64.StdEncoding.EncodeToString(random)
	var err error
	switch {
	case out != "":
		m.File, m.Keys, err = out, 1, keyfile.Create(out, key)
	case rotate != "":
		m.File = rotate
		m.Keys, err = keyfile.Rotate(rotate, key)
	default:
		m.Key = key
	}
	if err != nil {
		c.say("pme key new: %v", err)
		return exitNo
	}
	switch {
	case c.json:
		return answerJSON(c.System, m)
	case m.Key != "":
		c.line("%s", m.Key)
	default:
		c.say("%s has %d keys now, the new one first.", m.File, m.Keys)
	}
	if m.Note != "" {
		c.say("%s", m.Note)
	}
	return exitFine
}
