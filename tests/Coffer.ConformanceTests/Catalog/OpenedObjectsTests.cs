using System.Runtime.InteropServices;
using Coffer.Access;
using Coffer.Buckets;
using Coffer.Catalog.Sqlite;
using Coffer.Catalog.Sqlite.Readers;
using Coffer.Objects;

namespace Coffer.ConformanceTests.Catalog;

/// <summary>What the embedded catalog remembers of opened objects, and when it must not.</summary>
public sealed class OpenedObjectsTests
{
    private const long Plenty = 1 << 20;

    [Fact]
    public void What_was_read_before_a_commit_is_not_kept_after_it()
    {
        var opened = new OpenedObjects(Plenty);
        ObjectId id = ObjectId.Make(1);
        Assert.Null(opened.Find(id, 0, out long commits));

        opened.BeginChange([id]);
        opened.EndChange();
        opened.Add(Kept(id), commits);

        Assert.Null(opened.Find(id, 0, out _));
    }

    [Fact]
    public void What_a_commit_changes_is_out_and_stays_out_until_it_has_ended()
    {
        var opened = new OpenedObjects(Plenty);
        (ObjectId changing, ObjectId other) = (ObjectId.Make(1), ObjectId.Make(2));
        Keep(opened, changing);

        opened.BeginChange([changing]);
        Assert.Null(opened.Find(changing, 0, out _));
        Keep(opened, changing);
        Keep(opened, other);

        Assert.Null(opened.Find(changing, 0, out _));
        Assert.NotNull(opened.Find(other, 0, out _));

        opened.EndChange();
        Keep(opened, changing);
        Assert.NotNull(opened.Find(changing, 0, out _));
    }

    [Fact]
    public void It_keeps_what_was_opened_last_and_no_more_than_its_room()
    {
        ObjectId[] ids = [.. Enumerable.Range(1, 100).Select(n => ObjectId.Make(n))];
        long each = Kept(ids[0]).MemoryBytes;
        var opened = new OpenedObjects(10 * each);
        foreach (ObjectId id in ids)
        {
            Keep(opened, id);
            Assert.NotNull(opened.Find(ids[0], 0, out _));
        }

        Assert.Equal([ids[0], .. ids[^9..]], ids.Where(id => opened.Find(id, 0, out _) is not null));
    }

    [Fact]
    public void It_is_found_by_its_address_as_long_as_by_its_id()
    {
        var opened = new OpenedObjects(Plenty);
        ObjectId id = ObjectId.Make(1);
        Keep(opened, id);
        Assert.NotNull(opened.Find(new BucketId(1), id.ToString(), 0, out _));
        Assert.Null(opened.Find(new BucketId(2), id.ToString(), 0, out _));

        opened.BeginChange([id]);

        Assert.Null(opened.Find(new BucketId(1), id.ToString(), 0, out _));
    }

    [Fact]
    public void Without_room_it_keeps_nothing()
    {
        var opened = new OpenedObjects(0);
        Keep(opened, ObjectId.Make(1));

        Assert.Null(opened.Find(ObjectId.Make(1), 0, out _));
    }

    [Fact]
    public void Bytes_that_changed_in_memory_do_not_leave()
    {
        var opened = new OpenedObjects(Plenty);
        ObjectId id = ObjectId.Make(1);
        Keep(opened, id);
        ReadOnlyMemory<byte> bytes = opened.Find(id, 0, out _)!.Inline!.Value;

        MemoryMarshal.AsMemory(bytes).Span[3] ^= 1;

        Assert.Null(opened.Find(id, 0, out _));
    }

    [Theory]
    [InlineData(ObjectState.Uploading), InlineData(ObjectState.Deleted), InlineData(ObjectState.Error)]
    public void Only_objects_that_are_complete_are_kept(ObjectState state) =>
        Assert.Null(KeptObject.Of(Found(ObjectId.Make(1)) with { State = state }, inline: null));

    [Fact]
    public void Large_contents_are_not_kept()
    {
        using InlineContent small = InlineContent.Copy(new byte[16 * 1024]);
        using InlineContent large = InlineContent.Copy(new byte[(16 * 1024) + 1]);

        Assert.NotNull(KeptObject.Of(Found(ObjectId.Make(1)), small));
        Assert.Null(KeptObject.Of(Found(ObjectId.Make(1)), large));
    }

    private static void Keep(OpenedObjects opened, ObjectId id)
    {
        opened.Find(id, 0, out long commits);
        opened.Add(Kept(id), commits);
    }

    private static KeptObject Kept(ObjectId id)
    {
        using InlineContent bytes = InlineContent.Copy(new byte[100]);
        return KeptObject.Of(Found(id), bytes)!;
    }

    private static StoredObject Found(ObjectId id) => new()
    {
        Id = id,
        Account = new AccountId(1),
        Bucket = new BucketId(1),
        Key = id.ToString(),
        KeyId = Guid.Empty,
        KeyCreatedAtMs = 1,
        Name = "name",
        State = ObjectState.ReadOnly,
        SizeBytes = 100,
        UpdatedAtMs = 1,
    };
}
