// The filters there are.
using Baton.Configuration.Expressions;

namespace Baton.Engine.Filters;

internal static class FilterCatalog
{
    internal static FilterKeyword[][] All => [BandwidthLimitConfig.Rows, TraceFilterConfig.Rows, Compression.CompressionFilterConfig.Rows];
}
