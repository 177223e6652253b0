package sameorigin

import "context"

// A Reporter tells the operator of refused requests. What an endpoint works for, such as the issuer, embeds
// one under a name that is not exported, so that its events have them.
type Reporter struct {
	tell func(ctx context.Context, user, detail string)
}

// NewReporter makes a Reporter that calls tell.
func NewReporter(tell func(ctx context.Context, user, detail string)) Reporter { return Reporter{tell} }

// Reporting is a [Reporter], or whatever embeds one.
type Reporting interface{ reporter() Reporter }

func (r Reporter) reporter() Reporter { return r }

// Report tells by of an error of [Check.Check]. ctx is that of package event.
func Report(ctx context.Context, by Reporting, user string, err error) {
	by.reporter().tell(ctx, user, err.Error())
}
