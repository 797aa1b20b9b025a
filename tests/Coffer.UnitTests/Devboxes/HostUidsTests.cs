using Coffer.Devboxes;

namespace Coffer.UnitTests.Devboxes;

public sealed class HostUidsTests
{
    private static readonly DevboxId One = new(1), Two = new(2), Three = new(3);

    [Fact]
    public void No_user_is_given_twice_and_the_range_is_used_in_turn()
    {
        var uids = new HostUids(100, 102);

        Assert.Equal([100, 101], [uids.Take(One), uids.Take(Two)]);
        uids.Return(100, One);
        Assert.Equal(102, uids.Take(Three)); // one that was just given back rests
        Assert.Equal(100, uids.Take(One));
        Assert.Equal(StoreErrorCode.Busy, Assert.Throws<StoreException>(() => uids.Take(One)).Code);
    }

    [Fact]
    public void What_a_devbox_kept_is_not_given_away_and_only_it_gives_it_back()
    {
        var uids = new HostUids(100, 101);
        uids.Keep(100, One);

        Assert.Equal(101, uids.Take(Two));
        uids.Return(100, Two);
        Assert.Throws<StoreException>(() => uids.Take(Three));
        uids.Return(100, One);
        uids.Return(100, One);
        Assert.Equal(100, uids.Take(Three));
        uids.Return(100, One); // it is another's by now
        Assert.Throws<StoreException>(() => uids.Take(One));
    }
}
