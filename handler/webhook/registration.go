package webhook

import "github.com/go-pme/pme/matterport"

// Registration is what [matterport.Client.AddWebhook] needs so that Matterport sends c, with the newest of its secrets, to
// url: the public address of a [Handler]. It does NOT check c or url; AddWebhook does.
func (c Credential) Registration(url string) matterport.WebhookRegistration {
	r := matterport.WebhookRegistration{URL: url, User: c.User, Header: c.Header}
	if c.Secrets == nil {
		return r
	}
	if secrets := c.Secrets.Values(); len(secrets) > 0 {
		r.Secret = matterport.Secret(secrets[0])
	}
	return r
}
