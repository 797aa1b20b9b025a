using Coffer.Client;
using Coffer.Samples;

namespace Coffer.ClientTests.Surface;

public sealed class StandInTests
{
    [Fact]
    public async Task A_part_that_stands_in_serves_the_rest_of_the_client()
    {
        using var client = new Sdk.StandInClient();

        ObjectView view = await client.StorageObjects.FromId("obj_9").RefreshAsync();

        Assert.Equal(("obj_9", "from the test"), (view.Id, view.Name));
        Assert.Throws<InvalidOperationException>(() => client.Objects.List());
        await Assert.ThrowsAsync<InvalidOperationException>(() => client.Admin.ListAccountsAsync());
    }
}
