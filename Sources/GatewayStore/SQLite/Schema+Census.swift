extension Schema {
    /// What an operator's instruments ask for again and again is counted in indexes: the delivered ones, of which there are
    /// more and more, are in none.
    static let census = """
        CREATE INDEX study_state ON study(state);
        CREATE INDEX outgoing_open ON outgoing(destination, state) WHERE state <> 'delivered';
        """
}
