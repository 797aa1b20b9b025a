using Coffer.Server.Http;
using Microsoft.Extensions.Primitives;

namespace Coffer.UnitTests.Http;

public sealed class RequestIdTests
{
    [Fact]
    public void A_sendable_id_is_kept() =>
        Assert.Equal("stainless-node-retry-1", RequestId.Of("stainless-node-retry-1"));

    [Fact]
    public void Anything_else_is_replaced_by_a_new_one()
    {
        foreach (StringValues sent in new StringValues[] { default, "", "a\tb", "ä", new string('a', 256), new(["a", "b"]) })
        {
            string id = RequestId.Of(sent);
            Assert.StartsWith("req_", id, StringComparison.Ordinal);
            Assert.NotEqual(id, RequestId.Of(sent));
        }
    }
}
