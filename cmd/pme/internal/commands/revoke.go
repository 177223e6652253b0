package commands

import (
	"context"
	"flag"

	"github.com/go-pme/pme/cmd/pme/internal/control"
)

const revokeAbout = `Ends sessions and tokens, and the tours that they are used in, by the running process: of a user, of one session of a user, of a space,
or of everybody. It works while the identity provider is down. It forbids nothing: whoever is still signed in and allowed gets a new token, so
change the allow-list first.`

func revokeCommand(ctx context.Context, args []string, sys System) int {
	var q control.Revocation
	var yes bool
	var socket *string
	m := manual{name: "revoke", args: "[USER]", about: revokeAbout, max: 1}
	c, code, ok := sys.call(m, args, func(set *flag.FlagSet) {
		socket = socketFlag(set)
		set.StringVar(&q.Session, "session", "", "only the session with this `fingerprint`, as pme who prints it")
		set.StringVar(&q.Model, "model", "", "the tokens for the space with this `ID`, instead of a user")
		set.BoolVar(&q.Everything, "everything", false, "all tokens of all users; needs -yes")
		set.BoolVar(&yes, "yes", false, "do it")
	})
	if !ok {
		return code
	}
	c.socket = *socket
	if len(c.args) == 1 {
		q.User = c.args[0]
	}
	if problem := wrong(q); problem != "" {
		c.say("pme revoke: %s", problem)
		return exitUsage
	}
	client, _, ok := c.dial()
	switch {
	case !ok:
		return exitUsage
	case client == nil:
		return c.noSocket()
	}
	defer client.Close()
	if q.Everything && !yes {
		return c.confirm(ctx, client)
	}
	done, err := client.Revoke(ctx, q)
	if err != nil {
		return c.fail(err)
	}
	if c.json {
		return answerJSON(sys, done)
	}
	c.line("Revoked live tokens: %d.", done.Tokens)
	if done.Pending > 0 {
		c.line("Matterport has not confirmed the deletion of %d yet: the process goes on with it. Nobody gets them any more; tours that run on them end with it.", done.Pending)
	}
	return exitFine
}

// wrong says why a revocation cannot be meant.
func wrong(q control.Revocation) string {
	kinds := 0
	for _, named := range []bool{q.User != "", q.Model != "", q.Everything} {
		if named {
			kinds++
		}
	}
	switch {
	case kinds != 1:
		return "name one of: a USER, -model ID, -everything"
	case q.Session != "" && q.User == "":
		return "-session is one of a user: name the USER too"
	}
	return ""
}

// confirm says what would end, and what to add.
func (c *call) confirm(ctx context.Context, client *control.Client) int {
	who, err := client.Who(ctx, control.Search{})
	if err != nil {
		c.say("pme revoke: this ends the tours of everybody. The live tokens cannot be counted: %v. Add -yes to do it", err)
		return exitUsage
	}
	c.say("pme revoke: this revokes %d live tokens, and ends the tours of everybody. Add -yes to do it", who.Total)
	return exitUsage
}
