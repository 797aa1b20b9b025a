using Coffer.Access;
using Coffer.Objects;

namespace Coffer.UnitTests.Access;

public sealed class SignedUrlsTests
{
    private const long Now = 1_800_000_000_000;
    private readonly SignedUrls _urls = new(new byte[32]);
    private readonly ObjectId _id = ObjectId.Make(Now);

    [Fact]
    public void A_signed_url_is_accepted_until_the_moment_it_expires()
    {
        SignedUrl url = _urls.Sign(SignedUse.Download, _id, Now + 1000);

        VerifiedLink link = _urls.Verify(url, Now + 999, SignedUse.Download);

        Assert.Equal((SignedUse.Download, _id), (link.Use, link.Object));
        Assert.Equal(StoreErrorCode.SignatureExpired, Refusal(url, Now + 1000));
    }

    [Fact]
    public void A_url_is_good_for_nothing_but_what_it_was_made_for()
    {
        SignedUrl url = _urls.Sign(SignedUse.Download, _id, Now + 1000);

        Assert.Equal(StoreErrorCode.SignatureInvalid, Refusal(url with { Use = SignedUse.Upload }, Now));
        Assert.Equal(StoreErrorCode.SignatureInvalid, Refusal(url with { Use = SignedUse.DownloadWhilePublic }, Now));
        Assert.Equal(StoreErrorCode.SignatureInvalid, Refusal(url with { Object = ObjectId.Make(Now) }, Now));
        Assert.Equal(StoreErrorCode.SignatureInvalid, Refusal(url with { ExpiresAtMs = Now + 2000 }, Now));
    }

    [Theory]
    [InlineData]
    [InlineData(SignedUse.Upload)]
    [InlineData(SignedUse.Upload, SignedUse.DownloadWhilePublic)]
    public void A_genuine_url_is_no_link_where_its_use_is_not_allowed(params SignedUse[] allowed)
    {
        SignedUrl url = _urls.Sign(SignedUse.Download, _id, Now + 1000);

        var refused = Assert.Throws<StoreException>(() => _urls.Verify(url, Now, allowed));

        Assert.Equal(StoreErrorCode.SignatureInvalid, refused.Code);
    }

    [Fact]
    public void Nothing_but_the_check_makes_a_link() => Assert.Empty(typeof(VerifiedLink).GetConstructors());

    [Theory]
    [InlineData("")]
    [InlineData("AAAA")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public void A_forged_signature_is_refused(string signature)
    {
        SignedUrl url = _urls.Sign(SignedUse.Download, _id, Now + 1000);

        Assert.Equal(StoreErrorCode.SignatureInvalid, Refusal(url with { Signature = signature }, Now));
    }

    [Fact]
    public void Every_character_of_a_signature_counts()
    {
        SignedUrl url = _urls.Sign(SignedUse.Download, _id, Now + 1000);

        for (int i = 0; i < url.Signature.Length; i++)
        {
            string changed = $"{url.Signature[..i]}{(url.Signature[i] == 'Q' ? 'g' : 'Q')}{url.Signature[(i + 1)..]}";
            Assert.Equal(StoreErrorCode.SignatureInvalid, Refusal(url with { Signature = changed }, Now));
        }
    }

    [Fact]
    public void Another_signing_key_makes_another_signature()
    {
        byte[] other = new byte[32];
        other[31] = 1;

        SignedUrl url = new SignedUrls(other).Sign(SignedUse.Download, _id, Now + 1000);

        Assert.Equal(StoreErrorCode.SignatureInvalid, Refusal(url, Now));
    }

    private StoreErrorCode Refusal(SignedUrl url, long nowMs) =>
        Assert.Throws<StoreException>(() => _urls.Verify(url, nowMs, Enum.GetValues<SignedUse>())).Code;
}
