using Coffer.Dialects.Storage;

namespace Coffer.UnitTests.Storage;

public sealed class StorageRouteTests
{
    [Theory]
    [InlineData("/object/{bucket}/{key}", "/object/b/k", "b", "k")]
    [InlineData("/object/{bucket}/{key}", "/object/b/a//b/../c", "b", "a//b/../c")]
    [InlineData("/object/{bucket}/{key}", "/object/b/", "b", "")]
    [InlineData("/object/{bucket}/{key}", "/object/b//k", "b", "/k")]
    [InlineData("/object/{bucket}/{key}", "/object/a%2Fb/k%252F", "a%2Fb", "k%252F")]
    [InlineData("/object/public/{bucket}/{key}", "/object/public/b/k", "b", "k")]
    [InlineData("/object/{bucket}", "/object/b", "b", "")]
    [InlineData("/object/{bucket}", "/object/b/", "b", "")]
    [InlineData("/bucket/{bucket}/empty", "/bucket/b/empty", "b", "")]
    [InlineData("/bucket/{bucket}/empty", "/bucket/b/empty/", "b", "")]
    [InlineData("/bucket", "/bucket", "", "")]
    [InlineData("/bucket", "/bucket/", "", "")]
    public void What_a_path_says_is_taken_as_it_was_sent(string pattern, string path, string bucket, string key)
    {
        Assert.True(StorageRoute.Parse(pattern).Matches(path, out ReadOnlySpan<char> itsBucket, out ReadOnlySpan<char> itsKey));
        Assert.Equal((bucket, key), (itsBucket.ToString(), itsKey.ToString()));
    }

    [Theory]
    [InlineData("/object/{bucket}/{key}", "/object/b")]
    [InlineData("/object/{bucket}/{key}", "/object//k")]
    [InlineData("/object/{bucket}/{key}", "/objects/b/k")]
    [InlineData("/object/public/{bucket}/{key}", "/object/public/k")]
    [InlineData("/object/{bucket}", "/object/b/k")]
    [InlineData("/object/{bucket}", "/object/")]
    [InlineData("/bucket/{bucket}/empty", "/bucket/b/emptyx")]
    [InlineData("/bucket/{bucket}/empty", "/bucket/b")]
    [InlineData("/bucket", "/buckets")]
    public void Another_form_does_not_match(string pattern, string path) =>
        Assert.False(StorageRoute.Parse(pattern).Matches(path, out _, out _));
}
