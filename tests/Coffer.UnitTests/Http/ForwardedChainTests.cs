using Coffer.Server.Http;

namespace Coffer.UnitTests.Http;

public sealed class ForwardedChainTests
{
    [Fact]
    public void Elements_are_read_oldest_first_with_their_quotes_taken_off()
    {
        ForwardedChain chain = ForwardedChain.Parse(
            "For=\"[2001:db8:cafe::17]:4711\";Proto=https;Host=\"a.example:8443\", for=192.0.2.60; by=203.0.113.43");

        Assert.Equal(["[2001:db8:cafe::17]:4711", "192.0.2.60"], chain.For);
        Assert.Equal(["https"], chain.Proto);
        Assert.Equal(["a.example:8443"], chain.Host);
    }

    [Theory]
    [InlineData("")]
    [InlineData(",;,=;")]
    [InlineData("for")]
    public void Nonsense_says_nothing(string header)
    {
        ForwardedChain chain = ForwardedChain.Parse(header);

        Assert.Empty(chain.For);
        Assert.Empty(chain.Proto);
        Assert.Empty(chain.Host);
    }
}
