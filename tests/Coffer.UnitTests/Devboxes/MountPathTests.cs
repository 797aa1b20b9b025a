using Coffer.Devboxes.Mounts;

namespace Coffer.UnitTests.Devboxes;

public sealed class MountPathTests
{
    [Theory]
    [InlineData("/", "", true), InlineData("/a", "a", false), InlineData("/a/", "a", true), InlineData("//a//b", "a/b", false)]
    [InlineData("/./a/./b/.", "a/b", true), InlineData("/a b/ü", "a b/ü", false), InlineData("/...", "...", false)]
    public void A_path_is_kept_from_the_root(string path, string inside, bool isFolder) =>
        Assert.Equal(new MountPath(inside, isFolder), MountPath.Parse(path, "path"));

    [Theory]
    [InlineData(""), InlineData("a"), InlineData("./a"), InlineData("/.."), InlineData("/a/../b"), InlineData("/a\0"), InlineData("C:/a")]
    public void A_path_that_is_none_is_refused_by_its_member(string path)
    {
        var refused = Assert.Throws<StoreException>(() => MountPath.Parse(path, "mounts[3].object_path"));
        Assert.Equal(StoreErrorCode.InvalidArgument, refused.Code);
        Assert.StartsWith("mounts[3].object_path ", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_and_paths_are_as_long_as_the_system_takes_them()
    {
        MountPath.Parse("/" + new string('n', 255), "path");
        Assert.Throws<StoreException>(() => MountPath.Parse("/" + new string('n', 256), "path"));
        Assert.Throws<StoreException>(() => MountPath.Parse("/" + new string('ü', 128), "path"));
        Assert.Throws<StoreException>(() => MountPath.Parse(string.Concat(Enumerable.Repeat("/name", 1000)), "path"));
    }

    [Theory]
    [InlineData("/a/", "file.txt", "a/file.txt"), InlineData("/", "file.txt", "file.txt"), InlineData("/a/", "dir/file.txt", "a/file.txt")]
    public void A_file_below_has_the_objects_own_name(string path, string name, string expected) =>
        Assert.Equal(expected, MountPath.Parse(path, "path").Below(name).Inside);

    [Theory]
    [InlineData(".."), InlineData("."), InlineData("a/.."), InlineData("a/")]
    public void A_name_that_can_be_no_files_is_refused(string name) =>
        Assert.Throws<StoreException>(() => MountPath.Parse("/a/", "path").Below(name));
}
