using Coffer.Cli;
using Coffer.Cli.Input;
using Coffer.Cli.Transfers;

namespace Coffer.UnitTests.Cli;

public sealed class PlaceTests
{
    [Theory]
    [InlineData("bucket/key", "bucket", "key")]
    [InlineData("bucket/", "bucket", "")]
    [InlineData("bucket/a/b/", "bucket", "a/b/")]
    [InlineData("bucket//a", "bucket", "/a")]
    [InlineData("objects/obj_x", "objects", "obj_x")]
    [InlineData(".hidden/a", ".hidden", "a")]
    public void A_word_with_a_slash_is_an_address(string word, string bucket, string key) =>
        Assert.Equal(new BucketAddress(bucket, key), Place.Of(word));

    [Theory]
    [InlineData("file.txt"), InlineData("."), InlineData(".."), InlineData("-"), InlineData("obj_01kajz5v3qm2x8d4c7h9n0e6wa")]
    [InlineData("./a/b"), InlineData("../a"), InlineData("/a/b"), InlineData("~/a"), InlineData("a\\b/c"), InlineData("")]
    public void A_word_that_begins_like_a_path_or_has_no_slash_is_one(string word)
    {
        Assert.Equal(new LocalPlace(word), Place.Of(word));
        Assert.Null(Place.AddressIn(word));
    }

    [Theory]
    [InlineData("bucket/", true), InlineData("bucket/a/", true), InlineData("bucket/a", false)]
    public void A_folder_ends_with_a_slash(string word, bool isFolder)
    {
        BucketAddress address = Place.AddressIn(word)!;

        Assert.Equal(isFolder, address.IsFolder);
        Assert.True(address.AsFolder().IsFolder);
        Assert.Equal(word.TrimEnd('/'), address.AsFolder().ToString().TrimEnd('/'));
    }

    [Theory]
    [InlineData("../evil"), InlineData("a/../../evil"), InlineData("/etc/passwd"), InlineData("a//b"), InlineData("./a"), InlineData("a/"), InlineData("..")]
    [InlineData("a\\..\\..\\evil"), InlineData("a\0b")]
    public void A_key_that_would_leave_the_folder_becomes_no_path(string key) =>
        Assert.Throws<RefusedException>(() => DownloadSteps.PathBelow("down", key, new BucketAddress("bucket", key)));

    [Theory]
    [InlineData("a.txt"), InlineData("a/b/c.txt"), InlineData("..a/b..")]
    public void Any_other_key_becomes_a_path_below_the_folder(string key) =>
        Assert.Equal(Path.Combine(["down", .. key.Split('/')]), DownloadSteps.PathBelow("down", key, new BucketAddress("bucket", key)));
}
