// SPDX-License-Identifier: Apache-2.0
// The server's sentences in Japanese: they are put together from few pieces
// (analyzer/decide/explain.c, decision.c; reports/cli/target.c; errors of
// drivers: analyzer/hooks, analyzer/drivers), and so they
// are read here, piece by piece. What is no known piece stays as it came.
import words from './ja.json' with { type: 'json' };

export { words };

// # a number, ~ a length of time, * a word, @ a label or verb, $ all the rest
// as it came.
const pieces = `
# new connection(s) to port 25|ポート 25 への新しい接続 # 件
# refused or suspect mail(s)|拒否された、または疑わしいメール # 通
# mail(s) with a forged sender domain|送信者ドメインを詐称したメール # 通
# log-in(s) on port 25|ポート 25 でのログイン # 回
# connection attempt(s) to port 25 without success|ポート 25 への失敗した接続試行 # 回
# connection(s) to port 25 answered|ポート 25 への応答された接続 # 件
# connection attempt(s) without success, told in one|失敗した接続試行 # 回（まとめて記録）
# log-in(s) with a wrong password from *|* からパスワード誤りのログイン # 回
# log-in(s) from *|* からのログイン # 回
# log-in(s)|ログイン # 回
# observation(s)|観測 # 件
 in ~|（~）
 to one mail server|、宛先はメールサーバー 1 台
 to # different mail servers|、宛先はメールサーバー # 台
 to about # different mail servers|、宛先はメールサーバー約 # 台
 at one mail server|、メールサーバー 1 台で
 at # different mail servers|、メールサーバー # 台で
 at about # different mail servers|、メールサーバー約 # 台で
 by one mail server|、応答はメールサーバー 1 台
 by # different mail servers|、応答はメールサーバー # 台
 by about # different mail servers|、応答はメールサーバー約 # 台
, although a block was in force since ~|。遮断が ~続いている中での応答
; # recipient(s) unknown|、存在しない宛先 # 件
; # refusal(s) name(s) a block list|、ブロックリストを示す拒否 # 件
; # mail(s) with a forged sender domain|、送信者ドメインを詐称したメール # 通
; score #|、スコア #
; the domains do not allow this line to send for them|。各ドメインはこの回線からの送信を許可していない
 of another provider; the mail program should use port 587|（他社のサーバー）。メールソフトは 587 番ポートを使うべき
; port 25 is closed for this line|。この回線のポート 25 は閉じている
; the source address is not verified, somebody else may have forged it|。送信元アドレスは未確認で、他者による詐称の可能性がある
account * |アカウント * 
logged in from # networks in ~|、~に # 個のネットワークからログイン
, then |、続いて
sent # mail(s) in ~ from a network first seen at *|* に初めて現れたネットワークから ~に # 通送信
; its busiest # min before had #|（それ以前の最多は # 分間に # 通）
; that network and # others had failed to log in before|。そのネットワークと他 # 個は以前ログインに失敗していた
; also # more of the customer's accounts|。同じ契約者の別アカウント # 個も該当
; somebody else has the password: set a new one, end all sessions|。パスワードが他者に知られている。新しく設定し、全セッションを切ること
mail to # recipient(s)|宛先 # 件のメール
, # unknown|、うち存在しない宛先 # 件
, refused with # #|、#（#）で拒否
, refused with #|、# で拒否
, delivered|、配送済み
, not completed|、未完了
, the reply names the customer's address|、応答に契約者のアドレスの記載あり
; the sender domain is forged|。送信者ドメインは詐称
; * publishes no SPF record|。* は SPF レコードを公開していない
; * does not say whether * may send|。* は * の送信可否を示していない
; * allows * to send|。* は * の送信を許可している
; * does not allow * to send|。* は * の送信を許可していない
; * does not expect * to send|。* は * の送信を想定していない
; DNS gave no answer about *|。* について DNS の応答なし
; the SPF record of * is faulty|。* の SPF レコードに誤りがある
 (checked for the HELO name)|（HELO 名で検査）
, its record being "%"|、レコードは「%」
, found by &|、経路 &
 (the privacy tier keeps no domains|（ドメインを保存しない設定
 (the session is authenticated: a submission, whose sender SPF does not judge here|（認証済みの投稿で SPF の対象外
 (the session is encrypted|（暗号化されたセッション
 (null sender, and the HELO name is no domain|（空の送信者で HELO 名もドメインでない
 (the sender has no domain|（送信者にドメインがない
 (the customer's own domain|（契約者自身のドメイン
 (a sender domain that the operator allows|（事業者が許可したドメイン
 (the address that receivers see is not known (network.egress)|（受信側から見えるアドレスが不明: network.egress
 (the hour's budget of sender checks is spent|（1 時間の送信者検査の上限に達した
 (a part of the transaction was not seen|（取引の一部が見えなかった
 (SPF was not checked|（SPF 未検査
 (SPF asks for the local part, which is not kept|（SPF が要するローカル部は保存しない
 (SPF proves nothing|（SPF では何も言えない
 (SPF could not be evaluated|（SPF を評価できない
 (SPF passes|（SPF は pass
 (SPF fails|（SPF は fail
, and no message followed|、本文なし
, but no message followed: a DKIM signature could have been in it|、本文がなく DKIM は不明
, but the message header was not seen to its end|、ヘッダーの終わりが見えていない
: a DKIM signature could be there|、DKIM 署名の有無は不明
, but for another domain than that of header From|、ただし From とは別のドメイン
, but header From has no domain to compare with|、From に比べるドメインがない
, but the domain of header From signed it: forwarded|、From のドメインの署名があり転送
, but another domain than that of header From signed it|、From と別のドメインの署名
, and a DKIM signature is genuine, but does not count|、DKIM 署名は真正だが数えない
, but a DKIM key could not be fetched|、DKIM 鍵を取得できない
, but not all that verifies DKIM is known|、DKIM の検証材料が足りない
, but the message came to this line, which may run a mail server, from elsewhere (Received): it may be forwarded|、他所から届いたメールで転送の可能性
 and no DKIM signature is valid|で有効な DKIM 署名なし
 and no DKIM signature speaks for it|で、それを補う DKIM 署名なし
; DKIM * of *: |。DKIM *（*）: 
; DKIM * of an unnamed domain: |。DKIM *（ドメイン不明）: 
verified|検証済み
verified, but only a part of the body is signed (l=)|検証済みだが本文の一部だけの署名 (l=)
genuine, but expired (x=)|真正だが期限切れ (x=)
genuine, but the key is a test (t=y)|真正だが試験用の鍵 (t=y)
the signature's tags are not in order|署名のタグに誤りがある
rsa-sha1 is not valid any more|rsa-sha1 はもう有効でない
the algorithm (a=) is not known|未知のアルゴリズム (a=)
header From is not signed (h=)|From が署名の対象外 (h=)
i= is not below d=|i= が d= の下位でない
the body is not the one that was signed|本文が署名時と異なる
the body was not seen whole|本文の一部が見えない
the header was not seen whole|ヘッダーの一部が見えない
the key is revoked|鍵は失効している
the key is not for SHA-256 (h=)|鍵は SHA-256 用でない (h=)
the key is not for mail (s=)|鍵はメール用でない (s=)
the key is for another algorithm (k=)|鍵は別のアルゴリズム用 (k=)
the key is for d= alone (t=s)|鍵は d= 専用 (t=s)
the RSA key is too short to trust|RSA 鍵が短すぎる
the RSA key is longer than we verify|RSA 鍵が検証の上限より長い
the signature is not one of this key|署名がこの鍵のものでない
out of memory|メモリー不足
there is no key|鍵がない
a name server did not give the key|DNS から鍵を得られない
there are more keys than we try|鍵の数が上限を超える
the key's name is too long|鍵の名前が長すぎる
the key can't be asked for|鍵を問い合わせられない
the key record is no list of tags|鍵レコードがタグの並びでない
the record is no DKIM key|DKIM 鍵でないレコード
the type of the key (k=) is not known|未知の種類の鍵 (k=)
the key (p=) can't be read|鍵 (p=) を読めない
; DMARC of * asks for *|。* の DMARC は *
 (*, *)|（*、*）
 (*)|（*）
)|）
connection made|接続成立
connection answered, never completed|応答があったが接続は完了せず
connection refused|接続拒否
connection not answered|接続に応答なし
connection of unknown outcome|接続結果不明
 (source not verified)|（送信元未確認）
connection ended after # mail(s)|メール # 通で接続終了
, what it carried is not SMTP|、内容は SMTP ではない
, encrypted|、暗号化
, log-in accepted|、ログイン成功
, log-in refused|、ログイン失敗
, log-in of unknown outcome|、ログイン結果不明
an operator acknowledged *|担当者が * を確認済みにした
an operator acknowledged *: $|担当者が * を確認済みにした: $
an operator noted on *|担当者が * にメモした
an operator noted on *: $|担当者が * にメモした: $
an operator closed * as a false positive|担当者が * を誤検知として完了
an operator closed * as a false positive: $|担当者が * を誤検知として完了: $
an operator closed * as a duplicate|担当者が * を重複として完了
an operator closed * as a duplicate: $|担当者が * を重複として完了: $
an operator closed * as fixed|担当者が * を解決済みとして完了
an operator closed * as fixed: $|担当者が * を解決済みとして完了: $
an operator's @ until *|担当者による@（* まで）
an operator's @ until *: $|担当者による@（* まで）: $
an operator's @|担当者による@
an operator's @: $|担当者による@: $
, about # server(s)|、サーバー約 # 台
, about # different server(s)|、サーバー約 # 台
, port #: not scored|、ポート #: 採点なし
, server * port #|、サーバー * ポート #
: no evidence|: 証拠なし
: @|: @
: *|: *
, not counted|、加算なし
, score +# = #|、スコア +# = #
, score # = #|、スコア # = #
, the customer's own line|、契約者自身の回線
, account *|、アカウント *
, # mail(s) handed in|、投稿メール # 通
time passed: something came to its end|時間の経過: 期限に達したものがある
policy * applies from here on, mode monitor|以後ポリシー * を適用、監視モード
policy * applies from here on, mode enforce|以後ポリシー * を適用、実施モード
the customer's addresses changed|契約者のアドレスが変わった
. Port 25 closed for ~, step # of #|。ポート 25 を ~閉じる（#/# 段階）
in force again: the allowance *, after *|再び有効: 許可 *（* の後）
in force again: the block *, after *|再び有効: 遮断 *（* の後）
the allowance * goes with the customer, whose addresses changed|アドレスが変わった契約者に許可 * も移る
the block * goes with the customer, whose addresses changed|アドレスが変わった契約者に遮断 * も移る
end of the allowance *|許可 * の期限
end of the block *|遮断 * の期限
; on probation from half the threshold|。以後はしきい値の半分で監視
* released by an operator: $|担当者が * を解除: $
* released by an operator|担当者が * を解除
* released: * was a false positive: $|* を解除: * は誤検知だった: $
* released: * was a false positive|* を解除: * は誤検知だった
by an operator|担当者による
the customer was named before|同じ契約者が既に指定されている
nothing is in force for the customer|この契約者に有効な決定はない
an allow by hand goes before the block; release it first|手動の許可が遮断より優先する。先に解除すること
written down; the analyzer has not applied it yet|記録済み。analyzer はまだ適用していない
* is nobody's address now; sekisho who * --at TIME says whose it was|* は現在誰のものでもない。過去の持ち主は sekisho who * --at 時刻 で分かる
* is shared by # customers; nobody was touched. Name one customer, or an address of one|* は # 契約者が共有している。何も変更していない。契約者を 1 人指定すること
* is no customer, address or prefix that is known|* という契約者・アドレス・プレフィックスはない
I#: |I#: 
the driver gave no reason|ドライバーは理由を示さなかった
its answer to hello is no JSON object|hello への応答が JSON でない
its list is longer than 256 MiB|一覧が 256 MiB を超えた
hello could not be written|hello を送れなかった
no answer to hello in time|hello への応答が時間切れ
no answer within # s|# 秒以内に応答がない
no answer|応答がない
the decision is not in the store|決定がデータベースにない
no block was sent|遮断は送られていない
no analyzer runs: nothing new is judged|analyzer が動いていない。新しい判定は行われない
a driver did not take something: see the enforcers|受け付けなかった遮断装置がある
an action of an operator waits for the analyzer|担当者の操作が analyzer を待っている
superseded by *|* に置き換えられた
ended with status #|終了コード # で終了
ended by signal #|シグナル # で終了
exit status #|終了コード #
exit status #: $|終了コード #: $
signal #|シグナル #
signal #: $|シグナル #: $
killed after # s|# 秒で打ち切り
it wrote more than # bytes|出力が # バイトを超えた
it has hung up|接続を切られた
no memory|メモリー不足
no process can be started: $|プロセスを起動できない: $
nft: |nft: 
gobgp: |gobgp: 
exabgp: |exabgp: 
libcurl: |libcurl: 
`;
const units = { s: ' 秒間', min: ' 分間', h: ' 時間', d: ' 日間' };
const inDays = (v) => v === 'less than a second' ? '1 秒足らず'
	: v.replace(/ (\w+)$/, (_, u) => units[u]);
const forms = { '#': '(-?\\d[\\d.,]*\\d|-?\\d)', '*': '([^\\s;,()]*[^\\s;,:()])',
	'~': '(less than a second|\\d+ (?:s|min|h|d)\\b)', '%': '([^"]*)',
	'&': '((?:[^;,]|, (?:TXT|MX|A|AAAA|PTR|SPF) )*)',
	'@': '([a-z_]+)(?![^,: ])', '$': '([^]*)' };
const named = (v) => ['block', 'allow', 'release'].includes(v)
	? words['do.' + v] : words['label.' + v] || v;
let compiled;

function compile() {
	return pieces.slice(1, -1).split('\n').map((line) => {
		const [from, to] = line.split('|');
		const order = [];
		const source = from.replace(/\(s\)|[#*~%@&$]|[.+()?]/g, (x) => {
			if (x === '(s)')
				return 's?';
			if (!forms[x])
				return '\\' + x;
			order.push(x);
			return forms[x];
		});
		return { to, order, is: new RegExp('^' + source, 'u') };
	});
}

// The n-th # of the Japanese is the n-th # of the English.
function put({ to, order }, found) {
	const at = {};
	return to.replace(/[#*~%@&$]/g, (x) => {
		let i = order.indexOf(x, at[x] || 0);
		if (i < 0)
			i = order.indexOf(x);
		at[x] = i + 1;
		const v = found[i + 1];
		return x === '~' ? inDays(v) : x === '@' ? named(v) : v;
	});
}

export function said(text) {
	compiled = compiled || compile();
	let rest = text || '', out = '';
	while (rest) {
		let best = null, piece;
		for (const p of compiled) {
			const m = p.is.exec(rest);
			if (m && (!best || m[0].length > best[0].length)) {
				best = m;
				piece = p;
			}
		}
		if (!best)
			break;
		out += put(piece, best);
		rest = rest.slice(best[0].length);
	}
	return out + rest;
}
