namespace Baton.Configuration.Model;

/// <summary>"srvkey": what stands for a server in a table's server_key.</summary>
public enum StickServerKey : byte
{
    Name,
    Address,
}
