pub mod store; 
