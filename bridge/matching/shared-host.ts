/**
 * Hosts that strangers share: whoever has a mailbox, a profile or a page there is not its firm. One that is missing here
 * costs a proposal that is wrong, or customers that have to be sorted out by hand.
 */

/** Mail providers, by the number of mailboxes, and builders of websites. What stands in front of them is somebody's own. */
const shared = new Set(
  `126.com 139.com 163.com aim.com aon.at arcor.de att.net bbox.fr bellsouth.net bigpond.com bluemail.ch bluewin.ch
  bluewin.com bol.com.br btinternet.com casema.nl centrum.cz charter.net chello.at chello.nl club-internet.fr
  comcast.net cox.net daum.net duck.com earthlink.net email.com email.cz email.de fastmail.com fastmail.fm foxmail.com
  free.fr freemail.hu freenet.de gmail.com gmx.net gmx.co.uk googlemail.com hanmail.net hetnet.nl hey.com hispeed.ch home.nl
  hushmail.com icloud.com inbox.lv inbox.ru inwind.it iol.it kpnmail.nl kpnplanet.nl laposte.net libero.it list.ru live.com
  lycos.com mac.com mail.be mail.com mail.de mail.dk mail.ee mail.ru mailbox.org mailfence.com me.com mindspring.com mweb.co.za
  naver.com neuf.fr ntlworld.com numericable.fr o2.pl online.de online.nl onet.eu onet.pl op.pl optonline.net optusnet.com.au
  orange.be orange.fr planet.nl pm.me pobox.com posteo.de proton.me protonmail.ch protonmail.com proximus.be qq.com quicknet.nl
  rambler.ru rediffmail.com sapo.pt sbcglobal.net scarlet.be seznam.cz sfr.fr shaw.ca sina.com sky.com skynet.be sohu.com
  sunrise.ch sympatico.ca t-online.de talktalk.net telefonica.net telenet.be telfort.nl terra.com.br terra.es tin.it tiscali.it
  tuta.com tuta.io tutamail.com tutanota.com tutanota.de ukr.net uol.com.br upcmail.nl verizon.net vip.qq.com virgilio.it
  virginmedia.com voila.fr volny.cz vodafone.de vodafonemail.de wanadoo.fr wanadoo.nl web.de windowslive.com wp.pl xs4all.nl
  xtra.co.nz yeah.net zeelandnet.nl ziggo.nl zoho.com zoho.eu zohomail.com zonnet.nl
  blogger.com business.site home.blog jimdo.com jimdofree.com jimdosite.com myshopify.com netlify.app notion.site onepage.me
  pagesperso-orange.fr perso.orange.fr site123.me strikingly.com squarespace.com tumblr.com webflow.io webnode.com
  webs.com weebly.com wix.com wixsite.com wordpress.com github.io home.scarlet.be perso.wanadoo.fr user.skynet.be
  users.skynet.be users.telenet.be`.split(/\s+/),
);

/** Providers with a domain for many countries: `yahoo.es`, `hotmail.co.uk`, `live.com.au`. */
const national =
  /^(aol|blogspot|gmx|hotmail|live|msn|outlook|rocketmail|tiscali|webnode|yahoo|yandex|ymail)\.(com?\.)?[a-z]{2,3}$/;

/** Whose whole host is shared, whatever stands in front: there the path tells whose page it is. */
const platforms = new Set(
  `about.me airbnb.com bandcamp.com behance.net bit.ly booking.com bsky.app carrd.co crunchbase.com discord.com
  discord.gg dribbble.com eventbrite.com facebook.com fb.com fb.me flickr.com foursquare.com g.page github.com
  gitlab.com goo.gl google.com houzz.com instagram.com kickstarter.com linkedin.com linktr.ee lnkd.in mastodon.social
  medium.com meetup.com messenger.com ok.ru patreon.com paypal.me pinterest.com pinterest.fr reddit.com snapchat.com
  soundcloud.com substack.com t.me telegram.me threads.net tiktok.com trustpilot.com twitch.tv twitter.com vimeo.com vk.com
  wa.me weibo.com whatsapp.com x.com xing.com yelp.com youtu.be youtube.com`.split(/\s+/),
);

/** Marketplaces and maps with a domain for many countries. */
const nationalPlatform =
  /^(amazon|ebay|etsy|google|pinterest|tripadvisor|trustpilot|yelp)\.(com?\.)?[a-z]{2,3}$/;

/** @param host in lower case, without `www.` */
export function isSharedHost(host: string): boolean {
  if (shared.has(host) || national.test(host)) return true;
  const labels = host.split('.');
  return labels.some((_, index) => {
    const parent = labels.slice(index).join('.');
    return platforms.has(parent) || nationalPlatform.test(parent);
  });
}
